#include "probes/powershell/facts.h"

static void take(struct powershell_fact *fact, const struct setup_text *said,
                 const struct evidence *source)
{
    if (said->known && (!fact->source || (!fact->said.text && said->text)))
        *fact = (struct powershell_fact){*said, source};
}

static bool add_setup(struct examination *x, struct powershell_facts *facts, const char *path,
                      bool is_2010)
{
    const struct windows_setup *setup = ask_windows_setup(x, path);

    if (!setup)
        return false;
    if (setup->evidence.status != STATUS_OK)
        return true;
    take(&facts->exchange_path, &setup->exchange_path, &setup->evidence);
    take(&facts->msi_path, is_2010 ? &setup->msi_path_14 : &setup->msi_path_15, &setup->evidence);
    if (!facts->windows_path && setup->windows_path.text)
        facts->windows_path = setup->windows_path.text;
    if (!facts->upgraded && setup->upgrade_count > 0)
        facts->upgraded = setup;
    return true;
}

static bool add_features(struct examination *x, struct powershell_facts *facts, const char *path)
{
    const struct windows_features *features = ask_windows_features(x, path);

    if (!features)
        return false;
    if (features->evidence.status == STATUS_OK && !facts->features &&
        windows_features_winrm_iis_ext(features) != FEATURE_UNKNOWN)
        facts->features = features;
    return true;
}

static bool add_list(struct examination *x, struct powershell_facts *facts, const char *path,
                     const char *image)
{
    const struct installed_files *list = ask_installed_files(x, path, image);

    if (!list)
        return false;
    if (list->evidence.status == STATUS_OK && facts->list_count < POWERSHELL_LISTS_MOST)
        facts->lists[facts->list_count++] = list;
    return true;
}

bool powershell_facts_add(struct examination *x, struct powershell_facts *facts, const char *path,
                          enum file_type type, bool is_2010)
{
    if (type == FILE_TYPE_WINDOWS_FEATURES)
        return add_features(x, facts, path);
    if (type == FILE_TYPE_FILE_LIST)
        return add_list(x, facts, path, "");
    return add_setup(x, facts, path, is_2010);
}

bool powershell_facts_add_image(struct examination *x, struct powershell_facts *facts,
                                const char *machine, const char *image)
{
    return add_list(x, facts, machine, image);
}

enum file_presence powershell_presence_of(const struct powershell_facts *facts, const char *path,
                                          const struct evidence **source)
{
    for (size_t i = 0; i < facts->list_count; i++) {
        const struct listed_file *file = file_list_find(&facts->lists[i]->list, path);

        if (!file || file->presence == FILE_UNKNOWN)
            continue;
        *source = &facts->lists[i]->evidence;
        return file->presence;
    }
    return FILE_UNKNOWN;
}
