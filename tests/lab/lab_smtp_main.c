/*
 * lab_smtp [--port N] [--ca FILE] ADDRESS=BEHAVIOUR[:SECONDS][@NAME]...
 * lab_smtp --list
 *
 * Mail exchangers at these addresses, all at one port number (25, or what --port says; 0:
 * what the system chooses), until standard input ends. Prints a line "listening
 * ADDRESS:PORT" for each in the order given, and in the end one of what came to it:
 *
 *     127.0.0.22 accepted=1 most=1 early=0
 *
 * `most`: connections open at one time. `early`: bytes that were said before the greeting
 * was complete. --ca writes the certificate that signs those of the peers, for --ca-file.
 * Exit status 2 with a message when an argument is not understood or the port is taken.
 */
#include "tests/lab/smtp_behaviour.h"

#include <stdlib.h>
#include <string.h>

enum { PEERS_MOST = 1024, SMTP_PORT = 25, PORT_MOST = 65535 };

struct call {
    struct smtp_peer peers[PEERS_MOST];
    size_t count;
    uint16_t port;
    const char *authority; /* a path, or NULL */
    struct arena memory;
};

static int usage(void)
{
    fputs("usage: lab_smtp [--port N] [--ca FILE] ADDRESS=BEHAVIOUR[:SECONDS][@NAME]...\n"
          "       lab_smtp --list\n",
          stderr);
    return 2;
}

static int list_behaviours(void)
{
    const char *name, *summary;

    for (size_t i = 0; smtp_behaviour_at(i, &name, &summary); i++)
        printf("%-20s %s\n", name, summary);
    return 0;
}

static bool read_port(const char *text, uint16_t *port)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    *port = (uint16_t)number;
    return *text && !*end && number <= PORT_MOST;
}

static bool read_peer(struct call *call, char *argument)
{
    struct smtp_peer *peer = &call->peers[call->count];
    char *equals = strchr(argument, '=');
    struct ip_address ip;
    enum status status;

    if (!equals || call->count == PEERS_MOST)
        return false;
    *equals = '\0';
    peer->address = argument;
    status = ip_parse(argument, strlen(argument), &ip);
    if (status == STATUS_OK)
        status = smtp_behaviour_read(equals + 1, &call->memory, peer);
    if (status != STATUS_OK)
        fprintf(stderr, "lab_smtp: %s=%s: %s\n", argument, equals + 1, status_text(status));
    call->count++;
    return status == STATUS_OK;
}

static bool read_arguments(struct call *call, int argc, char **argv)
{
    bool good = argc > 1;

    for (int i = 1; i < argc && good; i++) {
        if (strcmp(argv[i], "--port") == 0 && i + 1 < argc)
            good = read_port(argv[++i], &call->port);
        else if (strcmp(argv[i], "--ca") == 0 && i + 1 < argc)
            call->authority = argv[++i];
        else
            good = read_peer(call, argv[i]);
    }
    return good && call->count > 0;
}

static bool write_authority(const char *path, const char *pem)
{
    FILE *file;
    bool good;

    if (platform_file_write(path, &file) != STATUS_OK) {
        fprintf(stderr, "lab_smtp: cannot write %s\n", path);
        return false;
    }
    good = fputs(pem, file) >= 0;
    return fclose(file) == 0 && good;
}

static bool serve(const struct call *call, struct smtp_peers *peers)
{
    if (call->authority && !write_authority(call->authority, smtp_peers_authority(peers)))
        return false;
    for (size_t i = 0; i < call->count; i++)
        printf("listening %s:%u\n", call->peers[i].address, (unsigned)call->port);
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    for (size_t i = 0; i < call->count; i++)
        printf("%s accepted=%u most=%u early=%u\n", call->peers[i].address,
               smtp_peers_accepted(peers, i), smtp_peers_most_open(peers, i),
               smtp_peers_bytes_before_greeting(peers, i));
    return fflush(stdout) == 0;
}

int exdiag_main(int argc, char **argv)
{
    static struct call call = {.port = SMTP_PORT};
    struct smtp_peers *peers = NULL;
    enum status status;
    bool good;

    if (platform_init() != STATUS_OK)
        return 2;
    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list_behaviours();
    if (!read_arguments(&call, argc, argv)) {
        arena_release(&call.memory);
        return usage();
    }
    status = smtp_peers_start(call.peers, call.count, &call.port, &peers);
    if (status != STATUS_OK)
        fprintf(stderr, "lab_smtp: cannot listen: %s\n", status_text(status));
    good = status == STATUS_OK && serve(&call, peers);
    (void)smtp_peers_stop(peers);
    arena_release(&call.memory);
    return good ? 0 : 2;
}
