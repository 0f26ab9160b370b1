#include "diag/command/option_folder.h"

#include "diag/command/command.h"
#include "diag/command/option_subjects.h"
#include "diag/memory.h"
#include "diag/platform.h"

#include <stdlib.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

enum { HEAD_MOST = 1024 };

struct entry {
    const char *name;
    enum platform_file_kind kind;
};

struct listing {
    struct arena *memory;
    struct entry *entries;
    size_t count;
    size_t room;
    bool more;
};

struct walk {
    struct options *options;
    enum status (*add)(struct options *options, const char *path, const char *host);
    bool is_given; /* the user says whose they are */
    size_t count;  /* of files */
};

static void take(void *context, const char *name, enum platform_file_kind kind)
{
    struct listing *listing = context;

    if (*name == '.')
        return;
    if (listing->count == FOLDER_FILES_MOST) {
        listing->more = true;
        return;
    }
    listing->entries = arena_grow(listing->memory, listing->entries, &listing->room, listing->count,
                                  sizeof *listing->entries);
    listing->entries[listing->count++] =
        (struct entry){arena_copy_string(listing->memory, name), kind};
}

static int compare(const void *one, const void *other)
{
    const struct entry *a = one, *b = other;

    return strcmp(a->name, b->name);
}

static enum status refuse(const char *path, const char *why)
{
    complain("--file: '%s': %s", path, why);
    return STATUS_INVALID;
}

static const char *path_below(struct arena *memory, const char *folder, const char *name)
{
    size_t size = strlen(folder);
    bool has_end = size > 0 && strchr("/\\", folder[size - 1]);

    return arena_print(memory, "%s%s%s", folder, has_end ? "" : "/", name);
}

/* The first bytes of a file; "" where it cannot be read. */
static const char *head_of(struct arena *memory, const char *path)
{
    char head[HEAD_MOST];
    size_t size = 0;
    FILE *file;

    if (platform_file_open(path, &file) == STATUS_OK) {
        size = fread(head, 1, sizeof head, file);
        fclose(file);
    }
    return arena_copy(memory, head, size);
}

/* Of which machine collect-script gathered what is in this folder; NULL where nothing says so. */
static const char *collected_of(struct options *options, const char *path)
{
    const char *text = head_of(&options->memory, path_below(&options->memory, path, "README.txt"));
    const char *name;

    if (strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)) == 0)
        text += strlen(BYTE_ORDER_MARK);
    if (strncmp(text, "exdiag-collection 1", 19) != 0 || !strchr("\r\n", text[19]))
        return NULL;
    name = strstr(text, "\ncomputer ");
    if (!name)
        return NULL;
    name += 10 + strspn(name + 10, " ");
    return options_host_name(options, arena_copy(&options->memory, name, strcspn(name, "\r\n")));
}

static enum status walk_folder(struct walk *walk, const char *path, const char *host,
                               unsigned depth);

static enum status walk_entry(struct walk *walk, const char *path, const char *host,
                              const struct entry *entry, unsigned depth)
{
    const char *below = path_below(&walk->options->memory, path, entry->name);

    if (entry->kind == PLATFORM_FOLDER)
        return walk_folder(walk, below, host, depth + 1);
    if (entry->kind != PLATFORM_FILE) {
        complain("--file: '%s' is a link, a device or kept elsewhere, and is passed by", below);
        return STATUS_OK;
    }
    if (walk->count++ == FOLDER_FILES_MOST)
        return refuse(path, "more than 10,000 files; name fewer");
    return walk->add(walk->options, below, host);
}

static enum status walk_folder(struct walk *walk, const char *path, const char *host,
                               unsigned depth)
{
    struct listing listing = {.memory = &walk->options->memory};
    const char *collected = walk->is_given ? NULL : collected_of(walk->options, path);
    enum status status;

    if (depth == FOLDER_DEPTH_MOST)
        return refuse(path, "folders in folders, deeper than 8");
    status = platform_folder_list(path, take, &listing);
    if (status != STATUS_OK)
        return refuse(path, status_text(status));
    if (listing.more)
        return refuse(path, "more than 10,000 files; name fewer");
    if (listing.count > 0)
        qsort(listing.entries, listing.count, sizeof *listing.entries, compare);
    for (size_t i = 0; i < listing.count && status == STATUS_OK; i++)
        status = walk_entry(walk, path, collected ? collected : host, &listing.entries[i], depth);
    return status;
}

enum status options_walk_folder(struct options *options, const char *path,
                                enum status (*add)(struct options *options, const char *path,
                                                   const char *host),
                                const char *host)
{
    struct walk walk = {.options = options, .add = add, .is_given = host != NULL};
    enum status status = walk_folder(&walk, path, host, 0);

    if (status == STATUS_OK && walk.count == 0)
        return refuse(path, "there is no file in this folder");
    return status;
}
