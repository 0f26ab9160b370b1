#include "probes/spn/loopback.h"

#include "diag/read/dns_name.h"
#include "diag/text.h"
#include "probes/machine.h"
#include "probes/spn/kinds.h"

#include <string.h>

static const char msv1_0_key[] = "SYSTEM\\CurrentControlSet\\Control\\Lsa\\MSV1_0",
                  lsa_key[] = "SYSTEM\\CurrentControlSet\\Control\\Lsa",
                  list_name[] = "BackConnectionHostNames", off_name[] = "DisableLoopbackCheck";

enum { LIST_MOST = 8192 };

/* ---- judging ---- */

static bool lists(const struct registry_value *value, const char *name)
{
    for (size_t i = 0; value && value->type == REGISTRY_MULTI_SZ && i < value->list_count; i++) {
        if (dns_name_equal(value->list[i], name))
            return true;
    }
    return false;
}

static enum spn_loopback_state state_of(const struct spn_loopback *loopback,
                                        const struct registry_answer *msv1_0)
{
    if (loopback->value && loopback->value->type != REGISTRY_MULTI_SZ)
        return SPN_LOOPBACK_WRONG_TYPE;
    if (loopback->value)
        return loopback->lacking_count > 0 ? SPN_LOOPBACK_LACKING : SPN_LOOPBACK_RIGHT;
    if (loopback->astray)
        return SPN_LOOPBACK_WRONG_KEY;
    if (loopback->lacking_count == 0)
        return SPN_LOOPBACK_RIGHT;
    return msv1_0->is_whole ? SPN_LOOPBACK_ABSENT : SPN_LOOPBACK_OPEN;
}

void spn_loopback_judge(const struct registry_answer *msv1_0, const struct registry_answer *lsa,
                        const char *const *names, size_t count, struct spn_loopback *out)
{
    const struct registry_value *off = registry_answer_value(lsa, off_name);

    *out = (struct spn_loopback){
        .value = registry_answer_value(msv1_0, list_name),
        .astray = registry_answer_value(lsa, list_name),
        .is_off = off && off->type == REGISTRY_DWORD && off->number == 1,
    };
    for (size_t i = 0; i < count && out->lacking_count < SPN_LOOPBACK_NAMES_MOST; i++) {
        if (!lists(out->value, names[i]))
            out->lacking[out->lacking_count++] = names[i];
    }
    out->state = state_of(out, msv1_0);
}

/* ---- telling ---- */

struct machine { /* whose registry it is */
    const char *name;
    const struct registry_answer *msv1_0, *lsa;
    const char *names[SPN_LOOPBACK_NAMES_MOST]; /* that are not its own, and are announced */
    const struct spn_name *of[SPN_LOOPBACK_NAMES_MOST];
    size_t count;
};

static const char *type_text(const struct registry_value *value)
{
    switch (value->type) {
    case REGISTRY_SZ:
        return "REG_SZ";
    case REGISTRY_EXPAND_SZ:
        return "REG_EXPAND_SZ";
    case REGISTRY_BINARY:
        return "REG_BINARY";
    case REGISTRY_DWORD:
        return "REG_DWORD";
    case REGISTRY_QWORD:
        return "REG_QWORD";
    default:
        return "another type";
    }
}

/* What a value says, whatever Windows makes of it: a name of the wrong type is a name. */
static bool holds(const struct registry_value *value, const char *name)
{
    return lists(value, name) || (value && value->text && dns_name_equal(value->text, name));
}

static void add_name(struct buffer *list, const char *name)
{
    buffer_print(list, "%s%s", list->size > 0 ? "\\0" : "", name);
}

static void add_names(struct buffer *list, const struct registry_value *value,
                      const struct registry_value *but)
{
    for (size_t i = 0; value && i < value->list_count; i++) {
        if (!holds(but, value->list[i]))
            add_name(list, value->list[i]);
    }
    if (value && value->text && *value->text && !holds(but, value->text))
        add_name(list, value->text);
}

/* What the value is to hold: what it does now, and what is lacking; "a\0b" as reg add takes it. */
static void set_list(struct examination *x, struct finding *finding, const struct machine *machine,
                     const struct spn_loopback *loopback)
{
    bool is_vouched = true;
    struct buffer list;
    const char *text;

    buffer_init(&list, LIST_MOST);
    add_names(&list, loopback->value, NULL);
    add_names(&list, loopback->astray, loopback->value);
    for (size_t i = 0; i < machine->count; i++) {
        is_vouched = is_vouched && machine->of[i]->is_vouched;
        if (!holds(loopback->value, machine->names[i]) &&
            !holds(loopback->astray, machine->names[i]))
            add_name(&list, machine->names[i]);
    }
    text = buffer_keep(&list, pass_memory(x));
    if (text[0] == '\0')
        return;
    if (is_vouched)
        set_vouched(finding, VALUE_TEXT, "list", text, strlen(text));
    else
        set_value(finding, VALUE_TEXT, "list", text, strlen(text));
}

static const char *what_text(struct examination *x, const struct spn_loopback *loopback)
{
    static const char *const texts[] = {
        [SPN_LOOPBACK_ABSENT] = "there is no BackConnectionHostNames",
        [SPN_LOOPBACK_WRONG_KEY] = "BackConnectionHostNames stands below the wrong key",
        [SPN_LOOPBACK_LACKING] = "BackConnectionHostNames lacks a name",
    };

    if (loopback->state == SPN_LOOPBACK_WRONG_TYPE)
        return arena_print(pass_memory(x), "BackConnectionHostNames is of type %s",
                           type_text(loopback->value));
    return loopback->state == SPN_LOOPBACK_RIGHT || loopback->state == SPN_LOOPBACK_OPEN
               ? "the loopback check is off for all names"
               : texts[loopback->state];
}

static void saw_registry(struct finding *finding, const struct machine *machine,
                         const struct spn_loopback *loopback)
{
    const struct registry_value *value = loopback->value;

    if (value && value->type == REGISTRY_MULTI_SZ) {
        saw(finding, &machine->msv1_0->evidence, "BackConnectionHostNames lists %zu name%s",
            value->list_count, value->list_count == 1 ? "" : "s");
        for (size_t i = 0; i < value->list_count && i < SPN_LOOPBACK_NAMES_MOST; i++)
            saw(finding, &machine->msv1_0->evidence, "  %s", value->list[i]);
    } else if (value) {
        saw(finding, &machine->msv1_0->evidence,
            "BackConnectionHostNames is of type %s; Windows reads only REG_MULTI_SZ",
            type_text(value));
    } else if (machine->msv1_0->is_whole) {
        saw(finding, &machine->msv1_0->evidence, "no BackConnectionHostNames below %s", msv1_0_key);
    }
    if (loopback->astray)
        saw(finding, &machine->lsa->evidence,
            "BackConnectionHostNames stands below %s, where nobody looks for it", lsa_key);
    if (loopback->is_off)
        saw(finding, &machine->lsa->evidence,
            "DisableLoopbackCheck is 1: nothing is checked, and whatever is listed has no say");
    for (size_t i = 0; i < loopback->lacking_count; i++)
        saw(finding, machine->of[i]->source, "it calls itself %s, which is not listed",
            loopback->lacking[i]);
}

static void tell_wrong(struct examination *x, const struct machine *machine,
                       const struct spn_loopback *loopback)
{
    struct finding *finding = found(x, &back_connection_host_names);

    if (loopback->is_off)
        finding_severity(finding, SEVERITY_INFO);
    set_text(finding, "what", what_text(x, loopback));
    set_vouched(finding, VALUE_TEXT, "machine", machine->name, strlen(machine->name));
    if (loopback->state == SPN_LOOPBACK_WRONG_TYPE)
        set_text(finding, "wrong-type", "yes");
    if (loopback->astray)
        set_text(finding, "astray", "yes");
    if (loopback->is_off)
        set_text(finding, "off", "yes");
    if (loopback->state != SPN_LOOPBACK_RIGHT && loopback->state != SPN_LOOPBACK_OPEN) {
        set_text(finding, loopback->value ? "was-there" : "was-absent", "yes");
        set_list(x, finding, machine, loopback);
    }
    saw_registry(finding, machine, loopback);
}

static void tell(struct examination *x, const struct machine *machine)
{
    struct spn_loopback loopback;

    spn_loopback_judge(machine->msv1_0, machine->lsa, machine->names, machine->count, &loopback);
    if (loopback.is_off ||
        (loopback.state != SPN_LOOPBACK_RIGHT && loopback.state != SPN_LOOPBACK_OPEN)) {
        tell_wrong(x, machine, &loopback);
    } else if (loopback.state == SPN_LOOPBACK_OPEN) {
        saw_failure(unknown(x, &back_connection_host_names,
                            "whether its other names are listed is not known"),
                    &machine->msv1_0->evidence);
    } else if (machine->count > 0) {
        healthy(x, &back_connection_host_names, "its %zu other name%s listed", machine->count,
                machine->count == 1 ? " is" : "s are");
    } else if (loopback.value) {
        healthy(x, &back_connection_host_names, "it is of the right type, with %zu name%s",
                loopback.value->list_count, loopback.value->list_count == 1 ? "" : "s");
    }
}

/* ---- whose registry ---- */

/* False while it is on its way, and for one that cannot be read. */
static bool read_registry(struct examination *x, const char *path, struct machine *machine)
{
    machine->msv1_0 = ask_registry(x, path, msv1_0_key);
    machine->lsa = ask_registry(x, path, lsa_key);
    if (!machine->msv1_0 || !machine->lsa)
        return false;
    return (machine->msv1_0->evidence.status == STATUS_OK ||
            machine->msv1_0->evidence.status == STATUS_NOT_FOUND) &&
           (machine->lsa->evidence.status == STATUS_OK ||
            machine->lsa->evidence.status == STATUS_NOT_FOUND) &&
           (machine->msv1_0->evidence.status == STATUS_OK ||
            machine->lsa->evidence.status == STATUS_OK || machine->msv1_0->is_whole);
}

static bool is_registry(struct examination *x, const char *path)
{
    const struct file_digest *digest = ask_file(x, path);

    return digest && digest->evidence.status == STATUS_OK &&
           (SPN_REGISTRY_FILES & PROBE_READS(digest->type));
}

/* A short or a full name. */
static bool is_of(const char *computer, const char *host)
{
    size_t label = strcspn(host, ".");

    return computer && (dns_name_equal(computer, host) ||
                        (!strchr(computer, '.') &&
                         text_equal_fold_sized(computer, strlen(computer), host, label)));
}

/* By its own word. */
static const char *told_computer(const struct machine *machine)
{
    return machine->msv1_0->computer ? machine->msv1_0->computer : machine->lsa->computer;
}

/* The user says that it is of one machine, and it says that it is of another. */
static bool contradicts(struct examination *x, const struct machine *machine)
{
    const char *host = ask_file_host(x, machine->msv1_0->path), *computer = told_computer(machine);

    return host && computer && !is_of(computer, host) && !is_of(host, computer);
}

/* By the user's word, or by its own; NULL where they differ. */
static const char *computer_of(struct examination *x, const struct machine *machine)
{
    const char *host = ask_file_host(x, machine->msv1_0->path);

    if (contradicts(x, machine))
        return NULL;
    return host ? host : told_computer(machine);
}

/* Names by which a machine is reached, and that are none of its own. */
static void take_names(const struct spn_view *view, struct machine *machine)
{
    for (size_t i = 0; i < view->names.count; i++) {
        const struct spn_name *name = &view->names.list[i];

        if (!(name->reasons & (SPN_ANNOUNCED | SPN_CONFIGURED)) ||
            (name->reasons & (SPN_OWN | SPN_SHORT)) || is_of(name->host, view->host))
            continue;
        machine->names[machine->count] = name->host;
        machine->of[machine->count++] = name;
    }
}

/* It may be of this server: whoever sent it knows. */
static void tell_nameless(struct examination *x, const struct machine *machine,
                          const struct subject *file, const struct evidence *source)
{
    struct finding *finding =
        unknown(x, &back_connection_host_names, "whether its other name%s listed is not known",
                machine->count == 1 ? " is" : "s are");
    const char *tied = arena_print(pass_memory(x), "%s=%s", machine->name, file->name);

    set_vouched(finding, VALUE_TEXT, "tied", tied, strlen(tied));
    saw(finding, source, "it does not say which machine it is of");
    for (size_t i = 0; i < machine->count; i++)
        saw(finding, machine->of[i]->source, "it calls itself %s", machine->names[i]);
}

/* Its own registry, or that is on its way. */
static void tell_unread(struct examination *x, const struct subject *server,
                        const struct machine *machine)
{
    const struct registry_answer *keys[] = {machine->msv1_0, machine->lsa};

    if (!keys[0] || !keys[1] || !machine_is_told_by(x, MACHINE_SOURCE_REGISTRY, "spn"))
        return;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        if (!machine_is_unread(&keys[i]->evidence) ||
            machine_is_for_elevated(x, server, &keys[i]->evidence))
            continue;
        machine_saw_unread(
            unknown(x, &back_connection_host_names, "its own registry could not be read"), server,
            &keys[i]->evidence);
        return;
    }
}

void spn_tell_loopback(struct examination *x, const struct subject *server,
                       const struct spn_view *view)
{
    const char *host = view->server && view->server->host ? view->server->host : server->name;
    struct subject_list files = ask_subjects(x, SUBJECT_FILE);
    struct machine machine = {.name = host};
    const struct subject *nameless = NULL;
    const struct evidence *source = NULL;
    const char *own;

    take_names(view, &machine);
    for (size_t i = 0; i < files.count; i++) {
        const char *computer;

        if (!is_registry(x, files.list[i]->name) ||
            !read_registry(x, files.list[i]->name, &machine))
            continue;
        computer = computer_of(x, &machine);
        if (is_of(computer, host)) {
            tell(x, &machine);
            return;
        }
        if (!computer && !nameless && !contradicts(x, &machine)) {
            nameless = files.list[i];
            source = &machine.msv1_0->evidence;
        }
    }
    if (!machine_of(x, server, &own))
        return;
    if (own && read_registry(x, own, &machine))
        tell(x, &machine);
    else if (nameless && machine.count > 0)
        tell_nameless(x, &machine, nameless, source);
    else if (own)
        tell_unread(x, server, &machine);
}

/* A server that is examined anyhow takes its own exports. */
static bool is_of_a_server(struct examination *x, const char *computer)
{
    struct subject_list servers = ask_subjects(x, SUBJECT_SERVER);

    for (size_t i = 0; i < servers.count; i++) {
        if (is_of(computer, servers.list[i]->name))
            return true;
    }
    return false;
}

/* Of the servers of an export the first that has names to list; false: none has. */
static bool take_names_of_any(struct examination *x, const struct spn_exports *exports,
                              struct machine *machine)
{
    for (size_t i = 0; i < exports->servers.count && machine->count == 0; i++) {
        const struct spn_server *server = &exports->servers.list[i];

        if (!server->host || is_of_a_server(x, server->host))
            continue;
        machine->name = server->host;
        take_names(spn_view_of_export(x, exports, server), machine);
    }
    return machine->count > 0;
}

static void tell_of_file(struct examination *x, const struct subject *file,
                         const struct spn_exports *exports, struct machine *machine)
{
    const char *computer = computer_of(x, machine);
    const struct spn_server *server = computer ? spn_server_of(&exports->servers, computer) : NULL;

    if (server)
        take_names(spn_view_of_export(x, exports, server), machine);
    machine->name = computer
                        ? computer
                        : arena_print(pass_memory(x), "the machine that %s is from", file->shown);
    tell(x, machine);
}

void spn_tell_loopback_of_file(struct examination *x, const struct subject *file)
{
    struct machine machine = {.name = NULL}, other;
    const struct spn_exports *exports;

    if (!read_registry(x, file->name, &machine) || is_of_a_server(x, computer_of(x, &machine)))
        return;
    exports = spn_exports_of(x);
    if (exports->is_pending)
        return;
    if (contradicts(x, &machine)) {
        saw(unknown(x, &back_connection_host_names, "it is said to be of %s, and names another",
                    file->host),
            &machine.msv1_0->evidence, "it says that it is of %s", told_computer(&machine));
        return;
    }
    tell_of_file(x, file, exports, &machine);
    other = machine;
    if (!computer_of(x, &machine) && machine.count == 0 && take_names_of_any(x, exports, &other))
        tell_nameless(x, &other, file, &other.msv1_0->evidence);
}
