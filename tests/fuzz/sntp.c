/* Any datagram as an answer: only one that brings the cookie back counts, with its times in order.
 */
#include "diag/read/sntp.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint64_t COOKIE = 0x1122334455667788u; /* of the seeds */
static const int64_t NOW = INT64_C(1795352638000000);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_reply(enum status status, const struct sntp_reply *reply)
{
    check(strlen(reply->kiss) < sizeof reply->kiss);
    check(reply->received == INT64_MIN || reply->received >= 0);
    check(reply->sent == INT64_MIN || reply->sent >= 0);
    if (status == STATUS_OK)
        check(reply->stratum >= 1 && reply->stratum <= 15 && reply->leap < 3 &&
              reply->received >= 0 && reply->sent >= reply->received && reply->precision <= 0);
    else
        check(status == STATUS_MALFORMED || status == STATUS_REJECTED ||
              status == STATUS_SERVER_FAILURE);
    check((status == STATUS_REJECTED) <= (reply->kiss[0] != '\0'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    unsigned char request[SNTP_SIZE];
    struct sntp_reply reply;

    check_reply(sntp_read_reply(data, size, COOKIE, NOW, &reply), &reply);
    check_reply(sntp_read_reply(data, size, COOKIE, INT64_MAX, &reply), &reply);
    check_reply(sntp_read_reply(data, size, COOKIE, INT64_MIN, &reply), &reply);
    check(sntp_read_reply(data, size, COOKIE + 1, NOW, &reply) != STATUS_OK ||
          (size >= SNTP_SIZE && data[31] == 0x89));
    sntp_write_request(COOKIE, request);
    check(sntp_read_reply(request, sizeof request, COOKIE, NOW, &reply) == STATUS_MALFORMED);
    return 0;
}
