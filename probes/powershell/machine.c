#include "probes/powershell/machine.h"

#include "diag/text.h"
#include "probes/powershell/kinds.h"

#include <string.h>

/* By its full name, its own alone, or as every machine calls itself. */
static bool is_called(const char *computer, const char *name)
{
    return text_equal_fold(name, "localhost") || text_equal_fold(name, computer) ||
           text_equal_fold_sized(computer, strcspn(computer, "."), name, strlen(name));
}

const struct powershell_machine *powershell_machine_of(struct examination *x,
                                                       const struct subject *server)
{
    struct powershell_machine *out = arena_new(pass_memory(x), 1, sizeof *out);
    const struct windows_setup *setup = ask_windows_setup(x, "");

    out->is_pending = !setup;
    if (!setup || setup->evidence.status != STATUS_OK || !setup->computer ||
        !is_called(setup->computer, server->name))
        return out;
    out->server = ask_iis_config(x, "");
    out->events = ask_event_log(x, "");
    out->is_pending = !out->server || !out->events;
    out->file = (struct powershell_file){
        .path = "", .host = server->name, .type = FILE_TYPE_IIS_CONFIG, .config = out->server};
    return out;
}

/* Without IIS there is no directory; of one that may not be looked at nothing is known. */
void powershell_tell_unread(struct examination *x, const struct subject *server)
{
    const struct powershell_server named = {.machine = server->name};
    const struct iis_config_file *config = powershell_machine_of(x, server)->server;
    struct finding *finding;

    if (!config || config->evidence.status == STATUS_OK)
        return;
    if (config->evidence.status == STATUS_NOT_FOUND) {
        finding = not_applicable(x, &powershell_vdir_settings, "IIS is not installed");
    } else {
        finding = unknown(x, &powershell_vdir_settings, "the configuration could not be read");
        saw_failure(finding, &config->evidence);
    }
    powershell_name_host(&named, finding);
}
