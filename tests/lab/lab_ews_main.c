/*
 * lab_ews [--port N] [--name NAME] [--ca FILE] ADDRESS=BEHAVIOUR...
 * lab_ews --list
 *
 * Scripted EWS at these addresses, all at one port number (443, or what --port says; 0: what the
 * system chooses), behind TLS for NAME, until standard input ends. Prints a line "listening
 * ADDRESS:PORT" for each, and in the end one of what is left of the mailbox there:
 *
 *     127.0.0.80 requests=6 test-items=0
 *
 * --ca writes the certificate that signs those of the peers, for --ca-file. Exit status 2 with a
 * message when an argument is not understood or the port is taken.
 */
#include "tests/lab/ews_web.h"

#include "diag/platform.h"

#include <stdlib.h>
#include <string.h>

enum { PEERS_MOST = 16, EWS_PORT = 443, PORT_MOST = 65535 };

struct call {
    struct web_peer peers[PEERS_MOST];
    struct ews_web webs[PEERS_MOST];
    char nodes[PEERS_MOST][8];
    size_t count;
    uint16_t port;
    const char *name;
    const char *authority; /* a path, or NULL */
};

static int usage(void)
{
    fputs("usage: lab_ews [--port N] [--name NAME] [--ca FILE] ADDRESS=BEHAVIOUR...\n"
          "       lab_ews --list\n",
          stderr);
    return 2;
}

static int list_behaviours(void)
{
    const char *name, *summary;

    for (size_t i = 0; ews_web_at(i, &name, &summary); i++)
        printf("%-16s %s\n", name, summary);
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
    char *equals = strchr(argument, '=');
    size_t i = call->count;

    if (!equals || i == PEERS_MOST)
        return false;
    *equals = '\0';
    snprintf(call->nodes[i], sizeof call->nodes[i], "EX%02u", (unsigned)(i + 1));
    if (ews_web_read(equals + 1, call->nodes[i], &call->webs[i]) != STATUS_OK) {
        fprintf(stderr, "lab_ews: no behaviour %s\n", equals + 1);
        return false;
    }
    call->peers[i] = (struct web_peer){.address = argument,
                                       .over_tls = true,
                                       .certificate = SMTP_PEER_TRUSTED,
                                       .answer = ews_web_answer,
                                       .context = &call->webs[i]};
    call->count++;
    return true;
}

static bool read_arguments(struct call *call, int argc, char **argv)
{
    bool good = argc > 1;

    for (int i = 1; i < argc && good; i++) {
        if (strcmp(argv[i], "--port") == 0 && i + 1 < argc)
            good = read_port(argv[++i], &call->port);
        else if (strcmp(argv[i], "--name") == 0 && i + 1 < argc)
            call->name = argv[++i];
        else if (strcmp(argv[i], "--ca") == 0 && i + 1 < argc)
            call->authority = argv[++i];
        else
            good = read_peer(call, argv[i]);
    }
    for (size_t i = 0; i < call->count; i++)
        call->peers[i].name = call->name;
    return good && call->count > 0;
}

static bool write_authority(const char *path, const char *pem)
{
    FILE *file;
    bool good;

    if (platform_file_write(path, &file) != STATUS_OK) {
        fprintf(stderr, "lab_ews: cannot write %s\n", path);
        return false;
    }
    good = fputs(pem, file) >= 0;
    return fclose(file) == 0 && good;
}

static bool serve(struct call *call, struct web_peers *peers)
{
    if (call->authority && !write_authority(call->authority, web_peers_authority(peers)))
        return false;
    for (size_t i = 0; i < call->count; i++)
        printf("listening %s:%u\n", call->peers[i].address, (unsigned)call->port);
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    return true;
}

int exdiag_main(int argc, char **argv)
{
    static struct call call = {.port = EWS_PORT};
    struct web_peers *peers;
    bool good;

    if (argc == 2 && strcmp(argv[1], "--list") == 0)
        return list_behaviours();
    if (platform_init() != STATUS_OK || !read_arguments(&call, argc, argv))
        return usage();
    if (web_peers_start(call.peers, call.count, &call.port, &peers) != STATUS_OK) {
        fputs("lab_ews: the port is taken\n", stderr);
        return 2;
    }
    good = serve(&call, peers);
    web_peers_stop(peers);
    for (size_t i = 0; good && i < call.count; i++)
        printf("%s requests=%u test-items=%u\n", call.peers[i].address, call.webs[i].lab.requests,
               call.webs[i].lab.test_items);
    return good ? 0 : 2;
}
