/* Any lines, in any of the four forms, are bounded records. The first byte picks the form. */
#include "diag/read/mail_log.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_peer(const struct mail_log_peer *peer)
{
    check(peer->greeted <= peer->sessions);
    check(peer->host || peer->domain || peer->address.ip.family != IP_NONE);
    check(!peer->host || strlen(peer->host) <= 255);
    check(!peer->domain || strlen(peer->domain) <= 255);
    check(peer->longest_silence >= -1);
    check(!peer->first.text || strlen(peer->first.text) <= MAIL_LOG_LINE_KEPT);
    check(!peer->last.text == !peer->first.text);
}

/* A line in memory of its own, so that the sanitizer sees every byte read beyond it. */
static void add_line(struct mail_log_reader *reader, const uint8_t *line, size_t size)
{
    char *copy = malloc(size ? size : 1);

    check(copy != NULL);
    if (size > 0)
        memcpy(copy, line, size);
    mail_log_add(reader, copy, size);
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum file_type types[] = {FILE_TYPE_SMTP_SEND_LOG, FILE_TYPE_TRACKING_LOG,
                                           FILE_TYPE_QUEUE_LIST, FILE_TYPE_NDR};
    struct mail_log_reader *reader;
    struct arena memory = {0};
    struct mail_log log;
    uint64_t lines = 0;

    if (size == 0)
        return 0;
    reader = mail_log_reader_new(types[data[0] % 4]);
    for (size_t at = 1; at < size; lines++) {
        const uint8_t *end = memchr(data + at, '\n', size - at);
        size_t line = end ? (size_t)(end - data) - at : size - at;

        add_line(reader, data + at, line);
        at += line + 1;
    }
    mail_log_end(reader, &memory, &log);
    check(log.lines == lines);
    check(log.peer_count <= MAIL_LOG_PEERS_KEPT && log.peer_count <= log.peer_total);
    check(log.first <= log.last);
    for (size_t i = 0; i < log.peer_count; i++)
        check_peer(&log.peers[i]);
    arena_release(&memory);
    return 0;
}
