/* Which build of Exchange servers run, whether it is supported, and what there is to install. */
#include "probes/build/files.h"
#include "probes/build/kinds.h"
#include "probes/build/own.h"
#include "probes/build/tell.h"

/* Of a server that is examined under its own name nothing is told at its files. */
static bool is_of(const struct build_machine *machine, const struct subject *subject)
{
    return machine->server ? machine->server == subject : machine->file == subject;
}

static void tell_case(struct examination *x, const struct build_case *one,
                      const struct build_case *cases, size_t count)
{
    build_tell_support(x, one);
    build_tell_state(x, one);
    build_tell_mixed(x, one, cases, count);
}

/*
 * What shows nothing of Exchange is passed over in silence, and so is a server of Exchange that
 * nobody named.
 */
static void tell_without_build(struct examination *x, const struct build_machine *machine)
{
    if (machine->own_name) {
        add_subject(x, SUBJECT_SERVER, machine->own_name);
        if (machine->server->given)
            not_applicable(x, &exchange_build_behind, "it is %s, and judged as that",
                           machine->own_name);
        return;
    }
    if (machine->is_online) {
        if (machine->server->given)
            not_applicable(x, &exchange_build_behind, "Exchange Online: Microsoft updates it");
        return;
    }
    if (machine->file && machine->obstacle)
        build_tell_barred(x, machine);
    else if (machine->is_exchange && machine->is_edge)
        build_tell_subscribed(x, machine);
    else if (machine->is_exchange && machine->is_vouched && machine->server)
        build_tell_hidden(x, machine);
    else if (machine->server && machine->server->given && ask_settings(x)->only_count > 0 &&
             !build_tell_unseen(x, machine))
        not_applicable(x, &exchange_build_behind, "nothing shows that it is Exchange");
}

static void examine(struct examination *x, const struct subject *subject)
{
    const struct build_organisation *organisation = build_organisation_of(x, subject);
    const struct build_table *table;
    struct build_case *cases;
    size_t count = 0;

    if (!organisation)
        return;
    table = build_table_of(x);
    cases = arena_new(pass_memory(x), organisation->count, sizeof *cases);
    for (size_t i = 0; i < organisation->count; i++) {
        cases[count].machine = organisation->machines[i];
        count += build_judge(x, table, cases[count].machine, &cases[count].verdict);
    }
    for (size_t i = 0; i < count; i++) {
        if (is_of(cases[i].machine, subject))
            tell_case(x, &cases[i], cases, count);
    }
    for (size_t i = 0; i < organisation->count; i++) {
        const struct build_machine *machine = organisation->machines[i];

        if (!is_of(machine, subject))
            continue;
        if (machine->count == 0)
            tell_without_build(x, machine);
        build_tell_unread(x, machine);
    }
}

static const struct finding_kind *const kinds[] = {
    &exchange_build_unsupported, &exchange_build_behind, &exchange_build_mixed, NULL};

const struct probe probe_build = {
    .name = "build",
    .summary = "builds of Exchange: out of support, behind the newest update, not alike",
    .needs = NEEDS_NETWORK | NEEDS_CREDENTIALS | NEEDS_FILE | NEEDS_HOST,
    .subjects = PROBE_EXAMINES(SUBJECT_SERVER) | PROBE_EXAMINES(SUBJECT_FILE),
    .reads = BUILD_FILES,
    .touches =
        "each --server, and each of Exchange's servers that the directory lists: its greeting at "
        "TCP 25, and at TCP 443, without a logon, /owa/auth/logon.aspx and, where that is "
        "Exchange's, the manifest of the eDiscovery export tool below /ecp/Current/exporttool/. Of "
        "the directory what the spn probe reads of it. Logs of Exchange, configurations of IIS, "
        "exports of the registry and of a directory, ExSetup.exe and what PowerShell prints of it "
        "and of servers, given with --file. From Windows, of each --server below "
        "this machine's own domain or forest, as far as its machine lets this user: its registry and the version of ExSetup.exe",
    .noticed = "two requests for pages in the logs of IIS",
    .kinds = kinds,
    .examine = examine,
};
