/* SNTP: the packet that asks, and what counts as an answer. */
#include "diag/read/sntp.h"

#include "diag/clock.h"
#include "diag/read/instant.h"
#include "tests/unit/unit.h"

#include <string.h>

static const uint64_t COOKIE = 0x1122334455667788u;

/* What chrony answers whose clock is 7 minutes ahead. */
static const unsigned char chrony[] = {
    0x24, 0x01, 0x00, 0xe8, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x7f, 0x7f, 0x01, 0x01,
    0xee, 0xad, 0x68, 0x60, 0xd7, 0x78, 0xa2, 0x71, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
    0xee, 0xad, 0x68, 0x62, 0x70, 0x10, 0x43, 0xc5, 0xee, 0xad, 0x68, 0x62, 0x70, 0x14, 0x14, 0xcc};

/* And without a source. */
static const unsigned char unsynchronised[] = {
    0xe4, 0x00, 0x00, 0xe6, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
    0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
    0xee, 0xad, 0x66, 0xbe, 0x71, 0xe3, 0x13, 0xbd, 0xee, 0xad, 0x66, 0xbe, 0x72, 0x75, 0x34, 0x1a};

enum { AT_STRATUM = 1, AT_PRECISION = 3, AT_REFERENCE = 12, AT_ORIGIN = 24, AT_RECEIVED = 32 };

static int64_t moment(const char *text)
{
    int64_t milliseconds;

    assert_int_equal(clock_parse(text, &milliseconds), STATUS_OK);
    return milliseconds * 1000;
}

static int64_t now(void)
{
    return moment("2026-11-22T13:03:58Z");
}

static void put64(unsigned char *at, uint64_t number)
{
    for (int i = 0; i < 8; i++)
        at[i] = (unsigned char)(number >> (56 - 8 * i));
}

/* 48 bytes: version 4, mode 3, nothing else but the cookie. */
static void test_request(void **state)
{
    unsigned char packet[SNTP_SIZE], wanted[SNTP_SIZE] = {0x23};

    (void)state;
    memset(packet, 0xff, sizeof packet);
    sntp_write_request(COOKIE, packet);
    memcpy(wanted + 40, "\x11\x22\x33\x44\x55\x66\x77\x88", 8);
    assert_memory_equal(packet, wanted, sizeof wanted);
}

static void test_reply(void **state)
{
    struct sntp_reply reply;

    (void)state;
    assert_int_equal(sntp_read_reply(chrony, sizeof chrony, COOKIE, now(), &reply), STATUS_OK);
    assert_int_equal(reply.leap, 0);
    assert_int_equal(reply.stratum, 1);
    assert_string_equal(reply.kiss, "");
    assert_int_equal(reply.precision, -24);
    assert_int_equal(reply.root_delay, 0);
    assert_int_equal(reply.reference, 0x7f7f0101);
    assert_int_equal(reply.received, moment("2026-11-22T13:10:58Z") + 437748);
    assert_int_equal(reply.sent, moment("2026-11-22T13:10:58Z") + 437806);
}

/* Not synchronised is an answer: its clock says something, and that it is not to be relied on. */
static void test_unsynchronised(void **state)
{
    struct sntp_reply reply;

    (void)state;
    assert_int_equal(sntp_read_reply(unsynchronised, SNTP_SIZE, COOKIE, now(), &reply),
                     STATUS_SERVER_FAILURE);
    assert_int_equal(reply.leap, 3);
    assert_int_equal(reply.stratum, 0);
    assert_string_equal(reply.kiss, "");
    assert_int_equal(reply.root_delay, 1000000);
    assert_int_equal(reply.root_dispersion, 1000000);
    assert_int_equal(reply.received, moment("2026-11-22T13:03:58Z") + 444871);
    assert_int_equal(reply.sent, moment("2026-11-22T13:03:58Z") + 447101);
}

/* One byte or eight are changed; what becomes of the answer. */
static const struct {
    size_t at;
    unsigned char byte;
    enum status status;
} changes[] = {
    {0, 0x24, STATUS_OK},
    {0, 0x1c, STATUS_OK}, /* version 3 */
    {0, 0x14, STATUS_MALFORMED},
    {0, 0x2c, STATUS_MALFORMED},
    {0, 0x04, STATUS_MALFORMED},
    {0, 0x23, STATUS_MALFORMED}, /* our own packet, sent back */
    {0, 0x25, STATUS_MALFORMED},
    {0, 0x22, STATUS_MALFORMED},
    {0, 0x26, STATUS_MALFORMED},
    {0, 0x64, STATUS_OK}, /* a leap second is announced */
    {0, 0xa4, STATUS_OK},
    {0, 0xe4, STATUS_SERVER_FAILURE},
    {AT_STRATUM, 15, STATUS_OK},
    {AT_STRATUM, 16, STATUS_SERVER_FAILURE},
    {AT_STRATUM, 255, STATUS_SERVER_FAILURE},
    {AT_STRATUM, 0, STATUS_SERVER_FAILURE}, /* 127.127.1.1 is no kiss */
    {AT_PRECISION, 0, STATUS_OK},
    {AT_PRECISION, 0x80, STATUS_OK},
    {AT_PRECISION, 1, STATUS_MALFORMED},
    {AT_PRECISION, 127, STATUS_MALFORMED},
    {AT_ORIGIN, 0x10, STATUS_MALFORMED},
    {AT_ORIGIN + 7, 0x89, STATUS_MALFORMED},
    {AT_RECEIVED + 3, 0x63, STATUS_MALFORMED}, /* a second after it was sent */
};

static void test_changes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        unsigned char packet[SNTP_SIZE];
        struct sntp_reply reply;
        enum status status;

        memcpy(packet, chrony, sizeof packet);
        packet[changes[i].at] = changes[i].byte;
        status = sntp_read_reply(packet, sizeof packet, COOKIE, now(), &reply);
        if (status != changes[i].status)
            fail_msg("byte %zu as 0x%02x: %s", changes[i].at, changes[i].byte,
                     status_token(status));
    }
}

static const struct {
    const char *code; /* 4 bytes */
    const char *kiss;
    enum status status;
} kisses[] = {
    {"RATE", "RATE", STATUS_REJECTED},       {"DENY", "DENY", STATUS_REJECTED},
    {"RSTR", "RSTR", STATUS_REJECTED},       {"X\0\0\0", "X", STATUS_REJECTED},
    {"INIT", "INIT", STATUS_SERVER_FAILURE}, {"STEP", "STEP", STATUS_SERVER_FAILURE},
    {"\0\0\0\0", "", STATUS_SERVER_FAILURE}, {"\0ATE", "", STATUS_SERVER_FAILURE},
    {"RA\0E", "", STATUS_SERVER_FAILURE},    {"R TE", "", STATUS_SERVER_FAILURE},
    {"RAT\x1b", "", STATUS_SERVER_FAILURE},  {"RAT\xc3", "", STATUS_SERVER_FAILURE},
};

/* A kiss-o'-death is one whatever its time stamps are, but only for who asked. */
static void test_kisses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof kisses / sizeof *kisses; i++) {
        unsigned char packet[SNTP_SIZE] = {0xe4};
        struct sntp_reply reply;

        memcpy(packet + AT_REFERENCE, kisses[i].code, 4);
        put64(packet + AT_ORIGIN, COOKIE);
        assert_int_equal(sntp_read_reply(packet, SNTP_SIZE, COOKIE, now(), &reply),
                         kisses[i].status);
        assert_string_equal(reply.kiss, kisses[i].kiss);
        assert_true(reply.received == INT64_MIN && reply.sent == INT64_MIN);
        assert_int_equal(sntp_read_reply(packet, SNTP_SIZE, COOKIE + 1, now(), &reply),
                         STATUS_MALFORMED);
        assert_string_equal(reply.kiss, "");
    }
}

/* Zero is no time, wherever it stands; the reading of what is no answer is empty. */
static void test_zero_times(void **state)
{
    (void)state;
    for (size_t at = AT_RECEIVED; at <= AT_RECEIVED + 8; at += 8) {
        unsigned char packet[SNTP_SIZE];
        struct sntp_reply reply;

        memcpy(packet, chrony, sizeof packet);
        put64(packet + at, 0);
        assert_int_equal(sntp_read_reply(packet, SNTP_SIZE, COOKIE, now(), &reply),
                         STATUS_MALFORMED);
        assert_true(reply.received == INT64_MIN || reply.sent == INT64_MIN);
    }
}

/* A datagram that is cut is none; one with extension fields or a MAC behind is one. */
static void test_size(void **state)
{
    unsigned char packet[SNTP_SIZE + 20] = {0};
    struct sntp_reply reply;

    (void)state;
    memcpy(packet, chrony, sizeof chrony);
    for (size_t size = 0; size < SNTP_SIZE; size++) {
        assert_int_equal(sntp_read_reply(packet, size, COOKIE, now(), &reply), STATUS_MALFORMED);
        assert_true(reply.stratum == 0 && reply.sent == INT64_MIN);
    }
    assert_int_equal(sntp_read_reply(packet, sizeof packet, COOKIE, now(), &reply), STATUS_OK);
}

/* Across the change of the era in 2036: received before it, sent after it. */
static void test_era(void **state)
{
    int64_t change = moment("2036-02-07T06:28:16Z");
    unsigned char packet[SNTP_SIZE];
    struct sntp_reply reply;

    (void)state;
    memcpy(packet, chrony, sizeof packet);
    put64(packet + AT_RECEIVED, instant_to_ntp(change - 10));
    put64(packet + AT_RECEIVED + 8, instant_to_ntp(change + 10));
    assert_int_equal(sntp_read_reply(packet, SNTP_SIZE, COOKIE, change + 5000000, &reply),
                     STATUS_OK);
    assert_int_equal(reply.received, change - 10);
    assert_int_equal(reply.sent, change + 10);
}

/* A root delay may be negative (RFC 5905 7.3 has none, RFC 1305 had), a dispersion not. */
static void test_root(void **state)
{
    unsigned char packet[SNTP_SIZE];
    struct sntp_reply reply;

    (void)state;
    memcpy(packet, chrony, sizeof packet);
    memcpy(packet + 4, "\xff\xff\x80\x00\xff\xff\x80\x00", 8);
    assert_int_equal(sntp_read_reply(packet, SNTP_SIZE, COOKIE, now(), &reply), STATUS_OK);
    assert_int_equal(reply.root_delay, -500000);
    assert_int_equal(reply.root_dispersion, INT64_C(65535500000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_request),        cmocka_unit_test(test_reply),
        cmocka_unit_test(test_unsynchronised), cmocka_unit_test(test_changes),
        cmocka_unit_test(test_kisses),         cmocka_unit_test(test_zero_times),
        cmocka_unit_test(test_size),           cmocka_unit_test(test_era),
        cmocka_unit_test(test_root),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
