/*
 * lab_name_server [--port N] [ADDRESS=]FILE...
 *
 * Serves each FILE at its ADDRESS (127.0.0.1 where none is given), all at one port
 * number, UDP and TCP. Prints a line "listening ADDRESS:PORT" for each in the order
 * given, and serves until its standard input ends. Exit status 2 with a message when
 * a file cannot be read or the port is taken.
 *
 * A file is text, one thing a line:
 *
 *     ; a comment, as is a line that begins with #
 *     OWNER [TTL] TYPE DATA                a record; see lab_data_parse()
 *     ! OWNER [TYPE] WORD...               a behaviour; see struct lab_behaviour
 *     $authoritative                       the server is an authority, not a resolver
 *     $closed-tcp                          it refuses TCP connections
 *
 * A WORD is one of LAB_FAULT_LIST, delay=MILLISECONDS or first=COUNT. OWNER is a whole
 * name, never relative. So:
 *
 *     example.com      TXT  "v=spf1 " "-all"
 *     example.com      60   MX  10 mx1.example.com
 *     ! example.com    TXT  truncate tcp-stall
 *     ! *.slow.example delay=200
 *     ! lost.example   silent first=2
 */
#include "tests/lab/name_server.h"

#include <stdlib.h>
#include <string.h>

enum { SERVERS_MOST = 32, LINE_MOST = 100000, WORDS_MOST = 16, PORT_MOST = 65535 };

struct script {
    const char *path;
    struct lab_name_server_options options;
    struct lab_record *records;
    size_t record_room;
    struct lab_behaviour *behaviours;
    size_t behaviour_room;
    bool closed_tcp;
    struct arena memory;
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

/* Cuts the next word off the front of *line; "" at its end. */
static char *take_word(char **line)
{
    char *word = *line, *end;

    while (is_space(*word))
        word++;
    end = word;
    while (*end && !is_space(*end))
        end++;
    *line = *end ? end + 1 : end;
    *end = '\0';
    return word;
}

static bool read_number(const char *text, unsigned long most, unsigned *out)
{
    char *end;
    unsigned long value;

    if (*text < '0' || *text > '9')
        return false;
    value = strtoul(text, &end, 10);
    *out = (unsigned)value;
    return *end == '\0' && value <= most;
}

static bool read_behaviour(struct script *script, char *line)
{
    struct lab_behaviour behaviour = {0};
    char *word;

    behaviour.owner = take_word(&line);
    for (word = take_word(&line); *word; word = take_word(&line)) {
        unsigned fault = lab_fault_from_word(word);

        behaviour.faults |= fault;
        if (fault)
            continue;
        if (strncmp(word, "delay=", 6) == 0 && read_number(word + 6, 600000, &behaviour.delay))
            continue;
        if (strncmp(word, "first=", 6) == 0 && read_number(word + 6, 1000000, &behaviour.first))
            continue;
        if (behaviour.type || lab_type_number(word) == 0)
            return false;
        behaviour.type = word;
    }
    script->behaviours = arena_grow(&script->memory, script->behaviours, &script->behaviour_room,
                                    script->options.behaviour_count, sizeof behaviour);
    script->behaviours[script->options.behaviour_count++] = behaviour;
    return *behaviour.owner != '\0';
}

static bool read_record(struct script *script, char *line)
{
    struct lab_record record = {0};
    unsigned ttl = 0;

    record.owner = take_word(&line);
    record.type = take_word(&line);
    if (read_number(record.type, INT32_MAX, &ttl))
        record.type = take_word(&line);
    while (is_space(*line))
        line++;
    record.data = line;
    record.ttl = ttl;
    script->records = arena_grow(&script->memory, script->records, &script->record_room,
                                 script->options.record_count, sizeof record);
    script->records[script->options.record_count++] = record;
    return lab_record_check(&record) == STATUS_OK;
}

static bool read_line(struct script *script, char *line)
{
    line[strcspn(line, "\r\n")] = '\0';
    while (is_space(*line))
        line++;
    if (!*line || *line == ';' || *line == '#')
        return true;
    if (*line == '!')
        return read_behaviour(script, line + 1);
    if (*line != '$')
        return read_record(script, line);
    if (strcmp(line, "$authoritative") == 0)
        script->options.authoritative = true;
    else if (strcmp(line, "$closed-tcp") == 0)
        script->closed_tcp = true;
    else
        return false;
    return true;
}

static bool read_script(struct script *script)
{
    char *line = memory_new(LINE_MOST, 1);
    unsigned number = 0;
    bool good = true;
    FILE *file;

    if (platform_file_open(script->path, &file) != STATUS_OK) {
        fprintf(stderr, "lab_name_server: cannot read %s\n", script->path);
        free(line);
        return false;
    }
    while (good && fgets(line, LINE_MOST, file)) {
        number++;
        good = read_line(script, arena_copy_string(&script->memory, line));
    }
    if (!good)
        fprintf(stderr, "lab_name_server: %s:%u: not understood\n", script->path, number);
    fclose(file);
    free(line);
    script->options.records = script->records;
    script->options.behaviours = script->behaviours;
    return good;
}

static bool read_argument(char *argument, struct script *script, struct lab_endpoint *endpoint)
{
    char *equals = strchr(argument, '=');
    const char *address = equals ? argument : "127.0.0.1";
    unsigned tcp;

    if (equals)
        *equals = '\0';
    script->path = equals ? equals + 1 : argument;
    if (!read_script(script))
        return false;
    tcp = script->closed_tcp ? LAB_TCP_CLOSED : LAB_TCP;
    if (lab_endpoint_init(endpoint, address, LAB_UDP | tcp) == STATUS_OK)
        return true;
    fprintf(stderr, "lab_name_server: %s is no address\n", address);
    return false;
}

static bool start_all(const struct script *scripts, struct lab_endpoint *endpoints,
                      struct lab_name_server **servers, size_t count, uint16_t port)
{
    char text[NET_ADDRESS_TEXT_SIZE];
    enum status status = lab_listen(endpoints, count, port);

    for (size_t i = 0; i < count && status == STATUS_OK; i++) {
        net_address_format(&endpoints[i].address, 0, text);
        status = lab_name_server_start(&scripts[i].options, &endpoints[i], &servers[i]);
        if (status == STATUS_OK)
            printf("listening %s\n", text);
    }
    if (status != STATUS_OK)
        fprintf(stderr, "lab_name_server: cannot listen: %s\n", status_text(status));
    return fflush(stdout) == 0 && status == STATUS_OK;
}

static int run(char **arguments, size_t count, uint16_t port)
{
    static struct script scripts[SERVERS_MOST];
    static struct lab_endpoint endpoints[SERVERS_MOST];
    struct lab_name_server *servers[SERVERS_MOST] = {0};
    size_t read = 0;
    bool good = true;

    while (good && read < count) {
        good = read_argument(arguments[read], &scripts[read], &endpoints[read]);
        read++;
    }
    good = good && start_all(scripts, endpoints, servers, count, port);
    while (good && getchar() != EOF)
        continue;
    for (size_t i = 0; i < read; i++) {
        (void)lab_name_server_stop(servers[i]);
        arena_release(&scripts[i].memory);
    }
    return good ? 0 : 2;
}

int exdiag_main(int argc, char **argv)
{
    unsigned port = 0;
    int first = 1;

    if (argc > 2 && strcmp(argv[1], "--port") == 0) {
        first = read_number(argv[2], PORT_MOST, &port) ? 3 : argc;
    }
    if (first >= argc || argc - first > SERVERS_MOST || platform_init() != STATUS_OK) {
        fputs("usage: lab_name_server [--port N] [ADDRESS=]FILE...\n", stderr);
        return 2;
    }
    return run(argv + first, (size_t)(argc - first), (uint16_t)port);
}
