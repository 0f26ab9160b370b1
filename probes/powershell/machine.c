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
static void tell_config(struct examination *x, const struct subject *server,
                        const struct iis_config_file *config)
{
    const struct powershell_server named = {.machine = server->name};
    struct finding *finding;

    if (config->evidence.status == STATUS_OK ||
        machine_is_for_elevated(x, server, &config->evidence))
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

static void tell_source(struct examination *x, const struct subject *server,
                        enum machine_source source, const struct finding_kind *kind,
                        const struct evidence *evidence, const char *text)
{
    if (evidence && machine_is_unread(evidence) && machine_is_told_by(x, source, "powershell") &&
        !machine_is_for_elevated(x, server, evidence))
        machine_saw_unread(unknown(x, kind, "%s", text), server, evidence);
}

void powershell_tell_unread(struct examination *x, const struct powershell_case *of,
                            const struct subject *server)
{
    const struct powershell_machine *machine = powershell_machine_of(x, server);
    const struct windows_setup *setup;

    if (!machine->server)
        return;
    if (!of->host)
        tell_config(x, server, machine->server);
    tell_source(x, server, MACHINE_SOURCE_EVENTS, &powershell_vdir_500, &machine->events->evidence,
                "its own event logs could not be read");
    setup = ask_windows_setup(x, machine->file.path);
    tell_source(x, server, MACHINE_SOURCE_REGISTRY, &exchange_install_path,
                setup ? &setup->evidence : NULL, "its own registry could not be read");
}
