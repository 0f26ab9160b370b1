#include "probes/machine.h"

#include "diag/text.h"

#include <string.h>

/* By its full name, its own alone, or as every machine calls itself. */
static bool is_called(const char *computer, const char *name)
{
    return text_equal_fold(name, "localhost") || text_equal_fold(name, computer) ||
           text_equal_fold_sized(computer, strcspn(computer, "."), name, strlen(name));
}

bool machine_of(struct examination *x, const struct subject *server, const char **path)
{
    const struct windows_setup *setup = ask_windows_setup(x, "");

    *path = NULL;
    if (!setup)
        return false;
    if (setup->evidence.status == STATUS_OK && setup->computer &&
        is_called(setup->computer, server->name))
        *path = "";
    return true;
}

bool machine_named(struct examination *x, const char *name, const char **path)
{
    static const enum subject_kind kinds[] = {SUBJECT_DC, SUBJECT_SERVER};

    *path = NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct subject_list hosts = ask_subjects(x, kinds[i]);

        for (size_t j = 0; j < hosts.count; j++) {
            if (text_equal_fold(hosts.list[j]->name, name) && hosts.list[j]->given)
                return machine_of(x, hosts.list[j], path);
        }
    }
    return true;
}
