#include "tests/lab/world_files.h"

#include "diag/buffer.h"
#include "diag/platform.h"

#include <stdio.h>

enum { PATH_MOST = 1024 };

static enum status choose_tag(struct world_files *files)
{
    uint32_t random;
    enum status status = platform_random(&random, sizeof random);

    snprintf(files->tag, sizeof files->tag, "%08lx", (unsigned long)random);
    return status;
}

static void note(struct world_files *files, const char *path, const char *probe, const char *host)
{
    files->list =
        arena_grow(&files->memory, files->list, &files->room, files->count, sizeof *files->list);
    files->list[files->count++] =
        (struct world_path){arena_copy_string(&files->memory, path), probe, host};
}

/* "/tmp/exdiag-demo-0f3a9c12-dc1.reg" */
enum status world_files_add_of(struct world_files *files, const struct world_file *file,
                               const char *host)
{
    enum status status = *files->tag ? STATUS_OK : choose_tag(files);
    struct buffer path;
    FILE *stream;

    if (status != STATUS_OK)
        return status;
    buffer_init(&path, PATH_MOST);
    platform_temporary_folder(&path);
    buffer_print(&path, "exdiag-demo-%s-%s", files->tag, file->ending);
    status = platform_file_create(path.text, &stream);
    if (status == STATUS_OK) {
        note(files, path.text, file->probe, host);
        fputs(file->text, stream);
        if (fclose(stream) != 0)
            status = platform_write_error();
    }
    buffer_release(&path);
    return status;
}

enum status world_files_add(struct world_files *files, const struct world_file *file)
{
    return world_files_add_of(files, file, NULL);
}

void world_files_remove(struct world_files *files)
{
    for (size_t i = 0; i < files->count; i++)
        (void)platform_file_remove(files->list[i].path);
    arena_release(&files->memory);
    *files = (struct world_files){.count = 0};
}
