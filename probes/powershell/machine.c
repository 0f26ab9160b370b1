#include "probes/powershell/machine.h"

#include "probes/machine.h"
#include "probes/powershell/kinds.h"

const struct powershell_machine *powershell_machine_of(struct examination *x,
                                                       const struct subject *server)
{
    struct powershell_machine *out = arena_new(pass_memory(x), 1, sizeof *out);
    const char *path;

    out->is_pending = !machine_of(x, server, &path);
    if (out->is_pending || !path)
        return out;
    out->server = ask_iis_config(x, path);
    out->events = ask_event_log(x, path);
    out->certificates = ask_bound_certificates(x, path);
    out->is_pending = !out->server || !out->events || !out->certificates;
    out->file = (struct powershell_file){.path = path,
                                         .host = server->name,
                                         .type = FILE_TYPE_IIS_CONFIG,
                                         .config = out->server,
                                         .is_machine = true};
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
        finding =
            unknown(x, &powershell_vdir_settings, "its own configuration of IIS could not be read");
        powershell_saw_obstacle(finding, &config->evidence);
    }
    powershell_name_host(&named, finding);
}
