/* Any lines, as a log of either kind, are bounded peers whose counts add up. */
#include "diag/read/smtp_auth_log.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_place(const struct smtp_auth_place *place, uint64_t lines)
{
    check(place->line <= lines && place->time >= 0);
    check(!place->text || strlen(place->text) <= SMTP_AUTH_LINE_KEPT);
}

static uint64_t check_peer(const struct smtp_auth_peer *peer, uint64_t lines)
{
    const uint64_t *outcomes = &peer->outcomes[0][0];
    uint64_t sum = 0, failures = 0;

    check(peer->sessions > 0 && strlen(peer->connector) <= SMTP_AUTH_NAME_KEPT);
    check(!peer->server || (*peer->server && strlen(peer->server) <= SMTP_AUTH_NAME_KEPT));
    check(!peer->client || (*peer->client && strlen(peer->client) <= SMTP_AUTH_NAME_KEPT));
    for (unsigned i = 0; i < SMTP_AUTH_OFFER_COUNT; i++)
        check(peer->offers[i] <= peer->greetings);
    check(peer->error_count <= SMTP_AUTH_ERRORS_KEPT);
    for (size_t i = 0; i < peer->error_count; i++)
        check(*peer->errors[i].token && peer->errors[i].count > 0);
    check(!peer->first.text == !peer->last.text);
    check_place(&peer->first, lines);
    check_place(&peer->last, lines);
    for (unsigned i = 0; i < SMTP_AUTH_MECHANISM_COUNT * SMTP_AUTH_OUTCOME_COUNT; i++)
        sum += outcomes[i];
    for (unsigned i = 0; i < SMTP_AUTH_HOURS; i++)
        failures += peer->by_hour[i];
    check(failures <= sum);
    return sum;
}

/* A line in memory of its own, so that the sanitizer sees every byte read beyond it. */
static void add_line(struct smtp_auth_reader *reader, const uint8_t *line, size_t size)
{
    char *copy = malloc(size ? size : 1);

    check(copy != NULL);
    if (size > 0)
        memcpy(copy, line, size);
    smtp_auth_add(reader, copy, size);
    free(copy);
}

static void check_log(const struct smtp_auth_log *log, uint64_t lines)
{
    const uint64_t *outcomes = &log->outcomes[0][0];
    uint64_t all = 0, sum = 0;

    check(log->lines == lines && log->damaged <= lines && log->first <= log->last);
    check(log->peer_count <= SMTP_AUTH_PEERS_KEPT);
    for (size_t i = 0; i < log->peer_count; i++)
        sum += check_peer(&log->peers[i], lines);
    for (unsigned i = 0; i < SMTP_AUTH_MECHANISM_COUNT * SMTP_AUTH_OUTCOME_COUNT; i++)
        all += outcomes[i];
    check(log->more ? sum <= all : sum == all);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char fields[] = "#Fields: date-time,connector-id,session-id,sequence-number,"
                                 "local-endpoint,remote-endpoint,event,data,context";
    struct smtp_auth_reader *reader;
    struct arena memory = {0};
    struct smtp_auth_log log;
    uint64_t lines = 0;

    if (size == 0)
        return 0;
    reader =
        smtp_auth_reader_new(data[0] & 1 ? FILE_TYPE_SMTP_SEND_LOG : FILE_TYPE_SMTP_RECEIVE_LOG);
    if (data[0] & 2) {
        smtp_auth_add(reader, fields, sizeof fields - 1);
        lines++;
    }
    for (size_t at = 1; at < size; lines++) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t line = end ? (size_t)(end - data) - at : size - at;

        add_line(reader, data + at, line);
        at += line + 1;
    }
    smtp_auth_end(reader, &memory, &log);
    check_log(&log, lines);
    arena_release(&memory);
    return 0;
}
