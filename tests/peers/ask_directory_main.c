/*
 * Asks directory servers and KDCs, as probes would, and prints the evidence: a line of JSON each.
 *
 *   ask_directory [--user NAME] [--ca-file FILE] [--timeout SECONDS] [--kdc-port N] [--in-turn]
 *
 * The password is that of EXDIAG_PASSWORD. Questions are lines of standard input, their words
 * parted by tabs:
 *
 *   search ADDR:PORT HOST|- plain|tls BASE base|one|subtree FILTER ATTRIBUTES
 *   ticket ADDR:PORT REALM SPN
 *   logon ADDR:PORT KDC_ADDR:PORT REALM SPN
 */
#include "diag/evidence/smtp_logon.h"
#include "diag/evidence/ticket.h"
#include "diag/gather/gather.h"
#include "diag/gather/tls.h"
#include "diag/platform.h"

#include <stdlib.h>
#include <string.h>

enum { WORDS_MOST = 8, LINE_MOST = 65536, JOBS = 8 };

struct asking {
    struct gather *gather;
    struct evidence_store *store;
    size_t open;
    bool in_turn;
};

static void settled(void *context, struct evidence *item)
{
    struct asking *asking = context;
    json_t *object = evidence_to_json(item);
    char *text = json_dumps(object, 0);

    asking->open--;
    puts(text);
    fflush(stdout);
    free(text);
    json_decref(object);
}

static void wait_for(struct asking *asking)
{
    while (asking->open > 0)
        gather_wait(asking->gather, 1000);
}

static void ask(struct asking *asking, const struct evidence_kind *kind,
                const struct evidence *question)
{
    if (evidence_store_find(asking->store, kind, question))
        return;
    asking->open++;
    gather_start(asking->gather, evidence_store_add(asking->store, kind, question));
    if (asking->in_turn)
        wait_for(asking);
}

static bool ask_search(struct asking *asking, char *words[WORDS_MOST])
{
    static const char *const scopes[] = {"base", "one", "subtree"};
    struct directory_answer question = {.host = strcmp(words[2], "-") == 0 ? NULL : words[2],
                                        .tls_at_once = strcmp(words[3], "tls") == 0,
                                        .base = words[4],
                                        .filter = words[6],
                                        .attributes = words[7]};
    unsigned scope = 0;

    while (scope < DIRECTORY_SCOPE_COUNT && strcmp(scopes[scope], words[5]) != 0)
        scope++;
    question.scope = (enum directory_scope)scope;
    if (scope == DIRECTORY_SCOPE_COUNT ||
        net_address_parse(words[1], 0, &question.address) != STATUS_OK)
        return false;
    ask(asking, &evidence_directory, &question.evidence);
    return true;
}

static bool ask_ticket_for(struct asking *asking, char *words[WORDS_MOST])
{
    struct ticket_answer question = {.realm = words[2], .spn = words[3]};

    if (net_address_parse(words[1], 0, &question.address) != STATUS_OK)
        return false;
    ask(asking, &evidence_ticket, &question.evidence);
    return true;
}

static bool ask_logon(struct asking *asking, char *words[WORDS_MOST])
{
    struct smtp_logon question = {.realm = words[3], .spn = words[4]};

    if (net_address_parse(words[1], 0, &question.address) != STATUS_OK ||
        net_address_parse(words[2], 0, &question.kdc) != STATUS_OK)
        return false;
    ask(asking, &evidence_smtp_logon, &question.evidence);
    return true;
}

static bool ask_line(struct asking *asking, char *line)
{
    char *words[WORDS_MOST];
    size_t count = 0;

    line[strcspn(line, "\n")] = '\0';
    while (line && count < WORDS_MOST) {
        char *tab = strchr(line, '\t');

        words[count++] = line;
        line = tab ? tab + 1 : NULL;
        if (tab)
            *tab = '\0';
    }
    if (count == WORDS_MOST && strcmp(words[0], "search") == 0)
        return ask_search(asking, words);
    if (count == 5 && strcmp(words[0], "logon") == 0)
        return ask_logon(asking, words);
    return count == 4 && strcmp(words[0], "ticket") == 0 && ask_ticket_for(asking, words);
}

static bool read_options(int argc, char **argv, struct gather_options *options, bool *in_turn)
{
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;

        if (strcmp(argv[i], "--in-turn") == 0) {
            *in_turn = true;
            continue;
        }
        if (!value)
            return false;
        if (strcmp(argv[i], "--user") == 0)
            options->directory.user = value;
        else if (strcmp(argv[i], "--dc") == 0) {
            options->directory.controllers = (const char *const *)&argv[i + 1];
            options->directory.controller_count = 1;
        } else if (strcmp(argv[i], "--ca-file") == 0)
            options->ca_file = value;
        else if (strcmp(argv[i], "--timeout") == 0)
            options->timeout = (unsigned)(strtod(value, NULL) * 1000);
        else if (strcmp(argv[i], "--kdc-port") == 0)
            options->directory.kdc_port = (uint16_t)strtoul(value, NULL, 10);
        else
            return false;
        i++;
    }
    return true;
}

int exdiag_main(int argc, char **argv)
{
    struct gather_options options = {
        .dns_window = DNS_WINDOW_USUAL, .timeout = TIMEOUT_USUAL, .jobs = JOBS};
    struct asking asking = {.store = evidence_store_new()};
    char *line = memory_new(1, LINE_MOST);
    bool is_fine =
        platform_init() == STATUS_OK && read_options(argc, argv, &options, &asking.in_turn);

    options.directory.password = platform_environment("EXDIAG_PASSWORD");
    is_fine = is_fine && gather_new(&options, settled, &asking, &asking.gather) == STATUS_OK;
    while (is_fine && fgets(line, LINE_MOST, stdin))
        is_fine = ask_line(&asking, line);
    wait_for(&asking);
    gather_free(asking.gather);
    evidence_store_free(asking.store);
    free(line);
    if (!is_fine)
        fputs("ask_directory: not a question\n", stderr);
    return is_fine ? 0 : 2;
}
