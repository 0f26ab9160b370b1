/* Any text is read within bounds, as a list of files and as an environment; a listed file is found.
 */
#include "diag/read/file_list.h"
#include "diag/read/environment_text.h"
#include "diag/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_file(const struct file_list *list, const struct listed_file *file)
{
    const struct listed_file *found;

    check(*file->path && text_is_printable(file->path, strlen(file->path)));
    check(file->presence < FILE_PRESENCE_COUNT);
    check(file->presence != FILE_ABSENT || (!file->has_size && !file->version));
    check(!file->version || !file->version[strspn(file->version, "0123456789.")]);
    found = file_list_find(list, file->path);
    check(!found || found->presence == file->presence);
}

static void check_environment(const char *text, size_t size)
{
    struct environment_variable variable;

    (void)environment_text_is(text, size);
    if (!environment_text_line(text, size, &variable))
        return;
    check(variable.name == text && variable.name_size > 0);
    check(variable.value >= text && variable.value + variable.value_size <= text + size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    /* An allocation of exactly this size lets the sanitizer see every byte read beyond it. */
    char *text = malloc(size ? size : 1);
    struct arena arena = {0};
    struct file_list list;
    enum status status;

    check(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    status = file_list_read(text, size, &arena, &list);
    check(status == STATUS_OK || (status == STATUS_NOT_FOUND && list.count == 0));
    check(list.count <= FILE_LIST_MOST);
    for (size_t i = 0; i < list.count; i++)
        check_file(&list, &list.files[i]);
    check(file_list_is_text(text, size) == (status == STATUS_OK));
    check_environment(text, size);
    arena_release(&arena);
    free(text);
    return 0;
}
