/*
 * lab_web [--port N] [--tls] [--name NAME] [--ca FILE] ADDRESS=BEHAVIOUR...
 * lab_web --list
 *
 * Web servers at these addresses, all at one port number (80, or what --port says; 0: what the
 * system chooses), with --tls behind TLS for NAME, until standard input ends. Prints a line
 * "listening ADDRESS:PORT" for each in the order given, and in the end one of what came to it, and
 * all that was said to it, each line behind "> ":
 *
 *     127.0.0.80 accepted=1 requests=2
 *     > GET /EWS/Exchange.asmx HTTP/1.1
 *
 * --ca writes the certificate that signs those of the peers, for --ca-file. Exit status 2 with a
 * message when an argument is not understood or the port is taken.
 */
#include "tests/lab/powershell_web.h"
#include "tests/lab/web_script.h"

#include <stdlib.h>
#include <string.h>

enum { PEERS_MOST = 256, WEB_PORT = 80, PORT_MOST = 65535 };

struct call {
    struct web_peer peers[PEERS_MOST];
    size_t count;
    uint16_t port;
    bool over_tls;
    const char *name;
    const char *authority; /* a path, or NULL */
    struct arena memory;
};

static int usage(void)
{
    fputs("usage: lab_web [--port N] [--tls] [--name NAME] [--ca FILE] ADDRESS=BEHAVIOUR...\n"
          "       lab_web --list\n",
          stderr);
    return 2;
}

static int list_behaviours(void)
{
    const char *name, *summary;

    for (size_t i = 0; web_script_at(i, &name, &summary); i++)
        printf("%-16s %s\n", name, summary);
    for (size_t i = 0; powershell_web_at(i, &name, &summary); i++)
        printf("powershell=%-10s %s\n", name, summary);
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
    struct web_peer *peer = &call->peers[call->count];
    struct ip_address ip;
    enum status status;

    if (!equals || call->count == PEERS_MOST)
        return false;
    *equals = '\0';
    peer->address = argument;
    status = ip_parse(argument, strlen(argument), &ip);
    if (status == STATUS_OK)
        status = web_script_read(equals + 1, &call->memory, peer);
    if (status != STATUS_OK)
        fprintf(stderr, "lab_web: %s=%s: %s\n", argument, equals + 1, status_text(status));
    call->count++;
    return status == STATUS_OK;
}

static bool read_arguments(struct call *call, int argc, char **argv)
{
    bool good = argc > 1;

    for (int i = 1; i < argc && good; i++) {
        if (strcmp(argv[i], "--port") == 0 && i + 1 < argc)
            good = read_port(argv[++i], &call->port);
        else if (strcmp(argv[i], "--tls") == 0)
            call->over_tls = true;
        else if (strcmp(argv[i], "--name") == 0 && i + 1 < argc)
            call->name = argv[++i];
        else if (strcmp(argv[i], "--ca") == 0 && i + 1 < argc)
            call->authority = argv[++i];
        else
            good = read_peer(call, argv[i]);
    }
    for (size_t i = 0; i < call->count; i++) {
        call->peers[i].over_tls = call->over_tls;
        call->peers[i].name = call->name;
    }
    return good && call->count > 0;
}

static bool write_authority(const char *path, const char *pem)
{
    FILE *file;
    bool good;

    if (platform_file_write(path, &file) != STATUS_OK) {
        fprintf(stderr, "lab_web: cannot write %s\n", path);
        return false;
    }
    good = fputs(pem, file) >= 0;
    return fclose(file) == 0 && good;
}

static void print_heard(const char *text)
{
    while (*text) {
        size_t size = strcspn(text, "\n");

        printf("> %.*s\n", (int)size, text);
        text += size;
        text += *text == '\n';
    }
}

static bool serve(const struct call *call, struct web_peers *peers)
{
    static char heard[WEB_PEER_HEARD_SIZE];

    if (call->authority && !write_authority(call->authority, web_peers_authority(peers)))
        return false;
    for (size_t i = 0; i < call->count; i++)
        printf("listening %s:%u\n", call->peers[i].address, (unsigned)call->port);
    fflush(stdout);
    while (getchar() != EOF)
        continue;
    for (size_t i = 0; i < call->count; i++) {
        printf("%s accepted=%u requests=%u\n", call->peers[i].address, web_peers_accepted(peers, i),
               web_peers_requests(peers, i));
        web_peers_heard(peers, i, heard);
        print_heard(heard);
    }
    return fflush(stdout) == 0;
}

int exdiag_main(int argc, char **argv)
{
    static struct call call = {.port = WEB_PORT};
    struct web_peers *peers = NULL;
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
    status = web_peers_start(call.peers, call.count, &call.port, &peers);
    if (status != STATUS_OK)
        fprintf(stderr, "lab_web: cannot listen: %s\n", status_text(status));
    good = status == STATUS_OK && serve(&call, peers);
    (void)web_peers_stop(peers);
    arena_release(&call.memory);
    return good ? 0 : 2;
}
