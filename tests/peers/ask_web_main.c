/*
 * Asks web servers, as probes would, and prints the evidence: a line of JSON each.
 *
 *   ask_web [--user NAME] [--token TEXT] [--ntlm] [--insecure] [--server NAME] [--ca-file FILE]
 *           [--timeout SECONDS]
 *
 * The password is that of EXDIAG_PASSWORD. Questions are lines of standard input, asked one after
 * another, their words parted by tabs:
 *
 *   http|https ADDR:PORT HOST|- PATH REQUEST nobody|somebody [KDC_ADDR:PORT REALM]
 *
 * REQUEST is a word of WEB_REQUEST_LIST: get, identify, logon, shell.
 */
#include "diag/evidence/web.h"
#include "diag/gather/gather.h"
#include "diag/gather/tls.h"
#include "diag/platform.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_LEAST = 6, WORDS_MOST = 8, LINE_MOST = 65536 };

struct asking {
    struct gather *gather;
    struct evidence_store *store;
    bool is_open;
};

static void settled(void *context, struct evidence *item)
{
    struct asking *asking = context;
    json_t *object = evidence_to_json(item);
    char *text = json_dumps(object, 0);

    asking->is_open = false;
    puts(text);
    fflush(stdout);
    free(text);
    json_decref(object);
}

static void ask(struct asking *asking, const struct web_exchange *question)
{
    if (evidence_store_find(asking->store, &evidence_web, &question->evidence))
        return;
    asking->is_open = true;
    gather_start(asking->gather,
                 evidence_store_add(asking->store, &evidence_web, &question->evidence));
    while (asking->is_open)
        gather_wait(asking->gather, 1000);
}

static bool read_request(const char *word, enum web_request *request)
{
    unsigned i = 0;

    while (i < WEB_REQUEST_COUNT && strcmp(web_request_word((enum web_request)i), word) != 0)
        i++;
    *request = (enum web_request)i;
    return i < WEB_REQUEST_COUNT;
}

static bool ask_line(struct asking *asking, char *line)
{
    struct web_exchange question = {.request = WEB_GET};
    char *words[WORDS_MOST] = {NULL};
    size_t count = 0;

    line[strcspn(line, "\r\n")] = '\0';
    for (char *at = line; at && count < WORDS_MOST; count++) {
        words[count] = at;
        at = strchr(at, '\t');
        if (at)
            *at++ = '\0';
    }
    if (count < WORDS_LEAST || net_address_parse(words[1], 0, &question.address) != STATUS_OK)
        return false;
    question.over_tls = strcmp(words[0], "https") == 0;
    question.host = strcmp(words[2], "-") == 0 ? NULL : words[2];
    question.path = words[3];
    if (!read_request(words[4], &question.request))
        return false;
    question.as_somebody = strcmp(words[5], "somebody") == 0;
    if (words[6] && net_address_parse(words[6], 0, &question.kdc) != STATUS_OK)
        return false;
    question.realm = words[7];
    ask(asking, &question);
    return true;
}

static bool read_options(int argc, char **argv, struct gather_options *options)
{
    static const char *servers[1];

    options->web.servers = servers;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--ntlm") == 0)
            options->web.ntlm = true;
        else if (strcmp(argv[i], "--insecure") == 0)
            options->web.insecure = true;
        else if (strcmp(argv[i], "--user") == 0 && i + 1 < argc)
            options->web.user = argv[++i];
        else if (strcmp(argv[i], "--token") == 0 && i + 1 < argc)
            options->web.token = argv[++i];
        else if (strcmp(argv[i], "--server") == 0 && i + 1 < argc && options->web.server_count == 0)
            servers[options->web.server_count++] = argv[++i];
        else if (strcmp(argv[i], "--ca-file") == 0 && i + 1 < argc)
            options->ca_file = argv[++i];
        else if (strcmp(argv[i], "--timeout") == 0 && i + 1 < argc)
            options->timeout = (unsigned)(strtod(argv[++i], NULL) * 1000);
        else
            return false;
    }
    return true;
}

int exdiag_main(int argc, char **argv)
{
    static char line[LINE_MOST];
    struct gather_options options = {
        .dns_window = 1, .timeout = TIMEOUT_USUAL, .jobs = 1, .resolver_count = 0};
    struct asking asking = {.store = evidence_store_new()};
    bool good = platform_init() == STATUS_OK && read_options(argc, argv, &options);
    const char *password = platform_environment("EXDIAG_PASSWORD");

    if (password)
        options.web.password = memory_copy_string(password);
    good = good && gather_new(&options, settled, &asking, &asking.gather) == STATUS_OK;
    while (good && fgets(line, sizeof line, stdin))
        good = ask_line(&asking, line);
    if (!good)
        fputs("ask_web: an option or a question that is none\n", stderr);
    gather_free(asking.gather);
    evidence_store_free(asking.store);
    free((char *)options.web.password);
    return good ? 0 : 2;
}
