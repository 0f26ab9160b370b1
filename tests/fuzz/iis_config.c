/* Whatever a document is: a model within its limits, and what holds for any directory of it. */
#include "diag/read/iis_effective.h"
#include "tests/fuzz/xml_library.h"

#include <string.h>

static void check_text(const char *text)
{
    check(!text || strlen(text) <= IIS_TEXT_MOST);
}

static size_t check_section(const struct iis_section *section)
{
    check(section->kind < IIS_SECTION_COUNT);
    check_text(section->text);
    for (size_t i = 0; i < section->item_count; i++) {
        const struct iis_item *item = &section->items[i];

        check(item->line > 0 && (item->edit != IIS_CLEAR || !item->name));
        check_text(item->name);
        check_text(item->type);
        check_text(item->image);
        check_text(item->script_processor);
        check(!item->script_processor || !strchr(item->script_processor, '|'));
    }
    return section->item_count;
}

static void check_model(const struct iis_config *config)
{
    size_t items = 0, parts = 0;

    check(config->location_count > 0 && config->location_count <= IIS_LOCATIONS_MOST);
    check(config->site_count <= IIS_SITES_MOST && config->pool_count <= IIS_POOLS_MOST);
    check(config->reference_count <= IIS_REFERENCES_MOST && config->role < IIS_ROLE_COUNT);
    check(config->declaration_count <= IIS_DECLARATIONS_MOST);
    check(config->build_count <= IIS_BUILDS_MOST);
    for (size_t i = 0; i < config->location_count; i++) {
        check_text(config->locations[i].path);
        check(config->locations[i].section_count <= IIS_SECTIONS_MOST);
        for (size_t j = 0; j < config->locations[i].section_count; j++)
            items += check_section(&config->locations[i].sections[j]);
    }
    for (size_t i = 0; i < config->site_count; i++) {
        parts += config->sites[i].application_count + config->sites[i].binding_count;
        for (size_t j = 0; j < config->sites[i].binding_count; j++)
            check(config->sites[i].bindings[j].ip && config->sites[i].bindings[j].host);
    }
    for (size_t i = 0; i < config->reference_count; i++)
        (void)iis_path_climbs(config->references[i].target);
    check(items <= IIS_ITEMS_MOST && parts <= IIS_PARTS_MOST);
}

static void check_list(const struct iis_list *list)
{
    check(list->count <= IIS_LIST_MOST);
    for (size_t i = 0; i < list->count; i++) {
        check(list->entries[i].item->name && list->entries[i].origin.file);
        check(iis_entry_of(list, list->entries[i].item->name) == &list->entries[i]);
    }
}

/* As a server's and as a folder's own file at once. */
static void check_effective(const struct iis_config *config, struct arena *arena)
{
    const struct iis_file files[] = {{config, ""}, {config, "Default Web Site/EWS"}};
    const struct iis_view views[] = {{files, 2, "Default Web Site/EWS", "Default Web Site/EWS"},
                                     {files, 1, "Default Web Site/EWS", "Default Web Site"}};
    struct iis_difference *differences =
        arena_new(arena, IIS_DIFFERENCES_MOST, sizeof *differences);
    struct iis_effective *effective = arena_new(arena, 2, sizeof *effective);

    for (size_t i = 0; i < 2; i++) {
        iis_effective_read(&views[i], arena, &effective[i]);
        check_list(&effective[i].modules);
        check_list(&effective[i].handlers);
        check_list(&effective[i].providers);
        check_list(&effective[i].global_modules);
        check(effective[i].fault_count <= IIS_FAULTS_MOST);
        check(iis_compare(&effective[i], &effective[i], arena, differences) == 0);
    }
    effective[1].has_own = effective[0].has_own;
    check(iis_compare(&effective[0], &effective[1], arena, differences) <= IIS_DIFFERENCES_MOST);
}

static void check_expanded(const uint8_t *data, size_t size, struct arena *arena)
{
    static const struct iis_variable variables[] = {{"windir", "C:\\Windows"}, {NULL, NULL}};
    const char *expanded =
        iis_expand(arena_copy(arena, data, size < 2000 ? size : 2000), variables, arena);

    check_text(expanded);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xml_problem problem;
    struct iis_config config;
    struct arena arena = {0};

    if (iis_config_read(library(), (const char *)data, size, &arena, &config, &problem) ==
        STATUS_OK) {
        check_model(&config);
        check_effective(&config, &arena);
    } else {
        check(*problem.reason && config.location_count == 0);
    }
    check_expanded(data, size, &arena);
    arena_release(&arena);
    return 0;
}
