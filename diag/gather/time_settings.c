#include "diag/gather/time_settings.h"

#include "diag/gather/file.h"
#include "diag/gather/machine.h"
#include "diag/gather/registry_source.h"
#include "diag/read/machine_path.h"

/* Of a registry, no more than is kept in evidence. */
static void end_registry(struct registry_text *reader, struct time_settings *settings)
{
    struct registry_export *registry = &settings->registry;

    registry_text_end(reader, &settings->evidence.memory, registry);
    if (registry->count > TIME_SETTINGS_VALUES_MOST) {
        registry->count = TIME_SETTINGS_VALUES_MOST;
        registry->is_cut = true;
    }
}

static struct registry_text *begin_registry(void)
{
    struct registry_text *reader = registry_text_new(time_settings_keys);

    registry_text_only(reader, time_settings_keeps);
    return reader;
}

/* ---- files ---- */

static enum status read_export(struct text_file *text, struct time_settings *settings,
                               const char **reason)
{
    struct registry_text *reader = begin_registry();

    registry_source_lines(text, reader);
    end_registry(reader, settings);
    if (settings->registry.count > 0)
        return STATUS_OK;
    *reason = "this registry export holds nothing of how the machine keeps its time";
    return STATUS_INVALID;
}

/* One byte more than its reader takes, if there are as many. */
static void read_whole(struct text_file *text, size_t most, struct buffer *out)
{
    const char *piece;
    size_t size;

    buffer_init(out, most + 1);
    while (!out->truncated && (size = text_file_next(text, &piece)) > 0)
        buffer_add(out, piece, size);
}

static enum status read_template(struct text_file *text, struct time_settings *settings,
                                 const char **reason)
{
    struct buffer whole;
    enum status status;

    read_whole(text, SECURITY_INF_MOST, &whole);
    status = security_inf_read(whole.text, whole.size, &settings->policy);
    buffer_release(&whole);
    if (status != STATUS_OK || settings->policy.has_clock_skew)
        return status;
    *reason = "this security template does not set how far clocks may differ (MaxClockSkew)";
    return STATUS_INVALID;
}

static enum status read_w32tm(struct text_file *text, struct time_settings *settings)
{
    struct buffer whole;
    enum status status;

    read_whole(text, W32TM_TEXT_MOST, &whole);
    status = w32tm_read(whole.text, whole.size, &settings->evidence.memory, &settings->w32tm);
    settings->has_w32tm = status == STATUS_OK;
    buffer_release(&whole);
    return status;
}

static enum status read_vmware(struct text_file *text, struct time_settings *settings,
                               const char **reason)
{
    struct buffer whole;

    read_whole(text, VMWARE_TIME_MOST, &whole);
    if (!whole.truncated && whole.size <= VMWARE_TIME_MOST)
        settings->vmware = vmware_time_read(whole.text, whole.size);
    buffer_release(&whole);
    if (settings->vmware != VMWARE_TIME_UNKNOWN)
        return STATUS_OK;
    *reason = "it does not say whether VMware Tools set the clock (tools.syncTime)";
    return STATUS_INVALID;
}

static enum status read_text(FILE *file, struct time_settings *settings, const char **reason)
{
    struct text_file *text = text_file_new(file);
    enum status status = STATUS_INVALID;

    if (registry_source_is_file(text))
        status = read_export(text, settings, reason);
    else if (text_file_type(text) == FILE_TYPE_W32TM)
        status = read_w32tm(text, settings);
    else if (text_file_type(text) == FILE_TYPE_SECURITY_INF)
        status = read_template(text, settings, reason);
    else if (text_file_type(text) == FILE_TYPE_VMWARE_TIME)
        status = read_vmware(text, settings, reason);
    else
        *reason =
            "it is no registry export, output of reg query, output of w32tm, security template or word of VMware";
    text_file_free(text);
    return ferror(file) ? STATUS_IO : status;
}

static enum status read_file(struct time_settings *settings, const char **reason)
{
    FILE *file;
    enum status status = gather_file_open(settings->path, &file, reason);

    if (status != STATUS_OK)
        return status;
    status = read_text(file, settings, reason);
    fclose(file);
    return status;
}

/* ---- a machine ---- */

/* What stands below a key before it is walked with that. */
static bool is_walked(size_t index)
{
    for (size_t i = 0; i < index; i++) {
        if (registry_is_key(time_settings_keys[index], time_settings_keys[i], true))
            return true;
    }
    return false;
}

/* A key that is not there says something too; one that may not be read is no answer. */
static enum status read_registry(const char *machine, struct time_settings *settings)
{
    struct registry_text *reader = begin_registry();
    enum status status = STATUS_OK;
    uint64_t covered = 0;

    for (size_t i = 0; time_settings_keys[i] && status == STATUS_OK; i++) {
        const char *key = time_settings_keys[i] + sizeof "HKLM\\" - 1;

        covered |= UINT64_C(1) << i;
        if (is_walked(i))
            continue;
        status = platform_registry_walk(machine, key, registry_source_take, reader);
        if (status == STATUS_NOT_FOUND)
            status = STATUS_OK;
    }
    end_registry(reader, settings);
    settings->registry.covered = covered;
    return status;
}

static enum status read_machine(const char *machine, struct time_settings *settings,
                                const char **reason)
{
    enum status status = read_registry(machine, settings);
    bool runs;

    *reason = machine_reason(machine, MACHINE_REGISTRY, status);
    if (status != STATUS_OK)
        return status;
    status = platform_service_runs(machine, "W32Time", &runs);
    if (status == STATUS_OK)
        settings->service = runs ? TIME_SERVICE_RUNS : TIME_SERVICE_STOPPED;
    else if (status == STATUS_NOT_FOUND)
        settings->service = TIME_SERVICE_MISSING;
    return STATUS_OK;
}

void gather_time_settings(struct evidence *item)
{
    struct time_settings *settings = (struct time_settings *)item;
    const char *machine = machine_in_path(settings->path), *reason = NULL;
    enum status status =
        machine ? read_machine(machine, settings, &reason) : read_file(settings, &reason);

    item->settled = true;
    if (status == STATUS_OK)
        return;
    settings->registry = (struct registry_export){0};
    settings->has_w32tm = false;
    settings->policy = (struct security_inf){0};
    evidence_fail(item, status, reason);
}
