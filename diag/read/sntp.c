#include "diag/read/sntp.h"

#include "diag/read/instant.h"

#include <stdbool.h>
#include <string.h>

enum { /* RFC 5905 7.3: where things stand in a packet */
       AT_STRATUM = 1,
       AT_PRECISION = 3,
       AT_ROOT_DELAY = 4,
       AT_ROOT_DISPERSION = 8,
       AT_REFERENCE = 12,
       AT_ORIGIN = 24,
       AT_RECEIVED = 32,
       AT_SENT = 40
};

enum {
    MODE_CLIENT = 3,
    MODE_SERVER = 4,
    VERSION = 4,
    VERSION_LEAST = 3,
    LEAP_UNKNOWN = 3,
    STRATUM_MOST = 15
};

void sntp_write_request(uint64_t cookie, unsigned char out[SNTP_SIZE])
{
    memset(out, 0, SNTP_SIZE);
    out[0] = VERSION << 3 | MODE_CLIENT;
    for (int i = 0; i < 8; i++)
        out[AT_SENT + i] = (unsigned char)(cookie >> (56 - 8 * i));
}

static uint32_t read32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint64_t read64(const unsigned char *bytes)
{
    return (uint64_t)read32(bytes) << 32 | read32(bytes + 4);
}

/* Two's complement, whatever the machine's own numbers are like. */
static int64_t as_signed(uint32_t number, unsigned bits)
{
    int64_t range = INT64_C(1) << bits;

    return number < range / 2 ? number : number - range;
}

/* 16 bits of seconds, 16 of a fraction. */
static int64_t microseconds_of(int64_t fixed)
{
    return fixed * 1000000 / 65536;
}

static bool answers(const unsigned char *bytes, size_t size, uint64_t cookie)
{
    unsigned version;

    if (size < SNTP_SIZE)
        return false;
    version = bytes[0] >> 3 & 7;
    return (bytes[0] & 7) == MODE_SERVER && version >= VERSION_LEAST && version <= VERSION &&
           read64(bytes + AT_ORIGIN) == cookie;
}

/* Four characters, or fewer with zeros behind them. */
static void read_kiss(const unsigned char *code, char kiss[5])
{
    size_t size = 0, end;

    while (size < 4 && code[size] > ' ' && code[size] < 0x7F)
        size++;
    for (end = size; end < 4 && code[end] == 0; end++)
        continue;
    memcpy(kiss, code, end == 4 ? size : 0);
}

static void read_time(const unsigned char *bytes, int64_t now, int64_t *out)
{
    *out = INT64_MIN;
    (void)instant_from_ntp(read64(bytes), now, out);
}

static enum status judge(const struct sntp_reply *reply)
{
    bool is_waiting = strcmp(reply->kiss, "INIT") == 0 || strcmp(reply->kiss, "STEP") == 0;

    if (reply->kiss[0] && !is_waiting)
        return STATUS_REJECTED;
    if (reply->leap == LEAP_UNKNOWN || reply->stratum == 0 || reply->stratum > STRATUM_MOST)
        return STATUS_SERVER_FAILURE;
    if (reply->received == INT64_MIN || reply->sent < reply->received || reply->precision > 0)
        return STATUS_MALFORMED;
    return STATUS_OK;
}

enum status sntp_read_reply(const unsigned char *bytes, size_t size, uint64_t cookie, int64_t now,
                            struct sntp_reply *out)
{
    memset(out, 0, sizeof *out);
    out->received = out->sent = INT64_MIN;
    if (!answers(bytes, size, cookie))
        return STATUS_MALFORMED;
    out->leap = bytes[0] >> 6;
    out->stratum = bytes[AT_STRATUM];
    out->precision = (int8_t)as_signed(bytes[AT_PRECISION], 8);
    out->root_delay = microseconds_of(as_signed(read32(bytes + AT_ROOT_DELAY), 32));
    out->root_dispersion = microseconds_of(read32(bytes + AT_ROOT_DISPERSION));
    out->reference = read32(bytes + AT_REFERENCE);
    if (out->stratum == 0)
        read_kiss(bytes + AT_REFERENCE, out->kiss);
    read_time(bytes + AT_RECEIVED, now, &out->received);
    read_time(bytes + AT_SENT, now, &out->sent);
    return judge(out);
}
