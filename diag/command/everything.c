#include "diag/command/everything.h"

#include "diag/command/command.h"
#include "diag/command/option_subjects.h"
#include "diag/evidence/machine.h"
#include "diag/gather/machine_identity.h"

#include <string.h>

#define EXAMPLE "exdiag check --server ex01.contoso.com --domain contoso.com"

static bool is_controller(const struct machine_identity *machine)
{
    return machine->role == MACHINE_ROLE_DC || machine->role == MACHINE_ROLE_PDC;
}

/* Of a machine of which it is not known it is taken for one: then its own answers will tell. */
static bool may_have_exchange(const struct machine_identity *machine)
{
    return machine->facts.exchange == MACHINE_EXCHANGE_SERVER ||
           machine->facts.exchange == MACHINE_EXCHANGE_EDGE ||
           machine->facts.exchange == MACHINE_EXCHANGE_UNKNOWN;
}

static enum status add(struct options *options, const struct machine_identity *machine)
{
    bool has_exchange = may_have_exchange(machine);
    enum subject_kind kind = !has_exchange && is_controller(machine) ? SUBJECT_DC : SUBJECT_SERVER;
    enum status status = options_add_subject(options, kind, machine->name);

    if (status != STATUS_OK)
        return status;
    options->subjects[options->subject_count - 1].given = has_exchange || kind == SUBJECT_DC;
    options->settings.everything = true;
    return STATUS_OK;
}

static enum status add_or_refuse(struct options *options, const struct machine_identity *machine)
{
    if (machine->evidence.status != STATUS_OK || !machine->name) {
        complain("name what to examine, such as: exdiag check --domain example.com (on Windows, in "
                 "a domain, all that the organisation has is found)");
        return STATUS_INVALID;
    }
    if (machine->membership == MACHINE_MEMBERSHIP_WORKGROUP) {
        complain("this machine is in no domain, so no directory lists what there is to examine: "
                 "name it, such as: " EXAMPLE);
        return STATUS_INVALID;
    }
    return add(options, machine);
}

enum status everything_add(struct options *options)
{
    const struct machine_identity question = {.path = ""};
    struct evidence *item = evidence_new(&evidence_machine, &question.evidence);
    enum status status;

    gather_machine(item);
    status = add_or_refuse(options, (const struct machine_identity *)item);
    evidence_free(item);
    return status;
}
