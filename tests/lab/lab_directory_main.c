/*
 * lab_directory [OPTION]... ADDRESS[:PORT]=LDIF...
 *
 * Directories on loopback until standard input ends, each of what an export holds, at port 389 or
 * the one given (0: one of the system's choice). Prints a line "listening ADDRESS:PORT" for each in
 * the order given, once all are there, and in the end one of what came to it:
 *
 *     127.0.0.11:389 connections=2 binds=1 searches=9
 *
 * `binds`: logons that were not anonymous. Options, for all of them:
 *
 * --catalog       base "" is the whole forest
 * --closed        without a logon only the rootDSE is told
 * --tls           with a certificate, by StartTLS; --ldaps: from the first byte
 * --name=HOST     the certificate's; dc1.contoso.com
 * --user=NAME     who may log on, over TLS; --password=TEXT
 * --page=N        entries of an answer at most; --range=N: values of an attribute
 * --delay=N       milliseconds before each answer
 * --fault=WORD    what goes wrong: see directory_peer.h
 * --authority=FILE  where to write the authority's certificate, of TLS
 *
 * Exit status 2 with a message when an argument is not understood, a file cannot be read or a port
 * is taken.
 */
#include "diag/buffer.h"
#include "diag/platform.h"
#include "tests/lab/directory_peer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PEERS_MOST = 64, FILE_MOST = 64 << 20, USUAL_PORT = 389 };

static struct {
    struct directory_peer common;
    struct directory_peer list[PEERS_MOST];
    struct buffer ldif[PEERS_MOST];
    uint16_t ports[PEERS_MOST];
    struct directory_peers *running[PEERS_MOST];
    size_t count;
    const char *authority;
    bool is_told; /* what is wrong */
} lab;

static bool read_fault(const char *word)
{
    static const char *const words[DIRECTORY_PEER_FAULT_COUNT] = {
#define X(name, word) [DIRECTORY_PEER_##name] = (word),
        DIRECTORY_PEER_FAULT_LIST(X)
#undef X
    };

    for (unsigned i = 0; i < DIRECTORY_PEER_FAULT_COUNT; i++) {
        if (strcmp(words[i], word) == 0) {
            lab.common.fault = (enum directory_peer_fault)i;
            return true;
        }
    }
    return false;
}

static bool read_number(const char *text, unsigned most, unsigned *out)
{
    char *end;
    unsigned long number = strtoul(text, &end, 10);

    *out = (unsigned)number;
    return end != text && *end == '\0' && number <= most;
}

static bool read_flag(const char *option)
{
    struct directory_peer *common = &lab.common;

    if (strcmp(option, "--closed") == 0)
        common->is_open = false;
    else if (strcmp(option, "--catalog") == 0)
        common->is_catalog = true;
    else if (strcmp(option, "--tls") == 0)
        common->certificate = SMTP_PEER_TRUSTED;
    else if (strcmp(option, "--ldaps") == 0)
        common->tls_at_once = true;
    else
        return false;
    if (common->tls_at_once)
        common->certificate = SMTP_PEER_TRUSTED;
    return true;
}

static bool read_option(const char *option)
{
    const struct {
        const char *name;
        const char **text;
        unsigned *number;
    } options[] = {
        {"--name=", &lab.common.name, NULL},         {"--user=", &lab.common.user, NULL},
        {"--password=", &lab.common.password, NULL}, {"--authority=", &lab.authority, NULL},
        {"--page=", NULL, &lab.common.page_most},    {"--range=", NULL, &lab.common.range_most},
        {"--delay=", NULL, &lab.common.delay},
    };

    if (strncmp(option, "--fault=", 8) == 0)
        return read_fault(option + 8);
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        size_t size = strlen(options[i].name);

        if (strncmp(option, options[i].name, size) != 0)
            continue;
        if (options[i].number)
            return read_number(option + size, 1000000, options[i].number);
        *options[i].text = option + size;
        return true;
    }
    return read_flag(option);
}

static bool read_file(const char *path, struct buffer *out)
{
    FILE *file = fopen(path, "rb");
    char piece[4096];
    size_t size;
    bool good;

    if (!file) {
        fprintf(stderr, "lab_directory: cannot read %s\n", path);
        lab.is_told = true;
        return false;
    }
    while ((size = fread(piece, 1, sizeof piece, file)) > 0)
        buffer_add(out, piece, size);
    good = !ferror(file) && !out->truncated;
    fclose(file);
    return good;
}

static bool read_peer(char *argument)
{
    char *equals = strchr(argument, '='), *colon;
    unsigned port = USUAL_PORT;

    if (!equals || lab.count == PEERS_MOST)
        return false;
    *equals++ = '\0';
    colon = strchr(argument, ':');
    if (colon && !strchr(colon + 1, ':')) {
        *colon = '\0';
        if (!read_number(colon + 1, 65535, &port))
            return false;
    }
    buffer_init(&lab.ldif[lab.count], FILE_MOST);
    if (!read_file(equals, &lab.ldif[lab.count]))
        return false;
    lab.list[lab.count].address = argument;
    lab.ports[lab.count++] = (uint16_t)port;
    return true;
}

static bool start(size_t i)
{
    int64_t right = platform_wall_clock_fine() - platform_monotonic_clock();
    const char *address = lab.list[i].address;
    enum status status;

    lab.list[i] = lab.common;
    lab.list[i].address = address;
    lab.list[i].ldif = lab.ldif[i].text;
    status = directory_peers_start(&lab.list[i], 1, right, &lab.ports[i], &lab.running[i]);
    if (status == STATUS_OK) {
        printf("listening %s:%u\n", address, (unsigned)lab.ports[i]);
        return true;
    }
    if (status == STATUS_MALFORMED)
        fprintf(stderr, "lab_directory: what %s should hold is no LDIF\n", address);
    else
        fprintf(stderr, "lab_directory: cannot listen at %s:%u\n", address, (unsigned)lab.ports[i]);
    return false;
}

static void tell_account(size_t i)
{
    struct directory_peer_account account;

    directory_peers_account(lab.running[i], 0, &account);
    printf("%s:%u connections=%u binds=%u searches=%u\n", lab.list[i].address,
           (unsigned)lab.ports[i], account.connections, account.binds, account.searches);
}

/* Each has an authority of its own: one file for all of them. */
static bool write_authorities(void)
{
    FILE *file = lab.authority ? fopen(lab.authority, "wb") : NULL;

    if (!lab.authority)
        return true;
    for (size_t i = 0; i < lab.count && file; i++)
        fputs(directory_peers_authority(lab.running[i]), file);
    return file && fclose(file) == 0;
}

int exdiag_main(int argc, char **argv)
{
    bool good = argc > 1 && platform_init() == STATUS_OK;

    lab.common.is_open = true;
    for (int i = 1; i < argc && good; i++)
        good = strncmp(argv[i], "--", 2) == 0 ? read_option(argv[i]) : read_peer(argv[i]);
    good = good && lab.count > 0 && (!lab.common.user || lab.common.password);
    if (!good && !lab.is_told)
        fputs("usage: lab_directory [OPTION]... ADDRESS[:PORT]=LDIF...\n", stderr);
    for (size_t i = 0; i < lab.count && good; i++)
        good = start(i);
    good = good && write_authorities() && fflush(stdout) == 0;
    while (good && getchar() != EOF)
        continue;
    for (size_t i = 0; i < lab.count; i++) {
        if (good)
            tell_account(i);
        (void)directory_peers_stop(lab.running[i]);
        buffer_release(&lab.ldif[i]);
    }
    return good ? 0 : 2;
}
