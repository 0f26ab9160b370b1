#include "diag/evidence/file_question.h"

#include "diag/read/machine_path.h"

#include <string.h>

static const char *path_of(const struct evidence_kind *kind, const struct evidence *question)
{
    const void *path = (const char *)question + kind->path_at;

    return *(const char *const *)path;
}

void file_question_copy(struct evidence *item, const struct evidence *question)
{
    void *path = (char *)item + item->kind->path_at;

    *(const char **)path = arena_copy_string(&item->memory, path_of(item->kind, question));
}

bool file_question_is_answered(const struct evidence *item, const struct evidence *question)
{
    return strcmp(path_of(item->kind, item), path_of(item->kind, question)) == 0;
}

uint32_t file_question_lifetime(const struct evidence *item)
{
    (void)item;
    return 0;
}

void file_question_describe(const struct evidence *item, struct buffer *out)
{
    buffer_add_string(out, path_of(item->kind, item));
}

void file_question_describe_whose(const char *path, const char *what, struct buffer *out)
{
    const char *machine = machine_in_path(path);

    if (machine)
        buffer_print(out, "%s's %s", *machine ? machine : "this machine", what);
    else
        buffer_add_string(out, path);
}
