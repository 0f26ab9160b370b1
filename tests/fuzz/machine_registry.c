/* Any values of a registry: bounded texts, and words of the lists. */
#include "diag/read/machine_registry.h"
#include "diag/text.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { KEYS_MOST = 64, HEAD_SIZE = 4 };

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_text(const char *text)
{
    check(!text ||
          (*text && strlen(text) <= MACHINE_TEXT_MOST && text_is_utf8(text, strlen(text))));
}

/* A key, a name, a type and a length, a byte each, and the data. */
static size_t take_value(struct registry_text *reader, const char *const *keys, size_t count,
                         const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "ProductType", "ProductName",        "CurrentBuild",      "CurrentBuildNumber",
        "UBR",         "SystemManufacturer", "SystemProductName", "Hostname",
        "Domain",      "ComputerName",       "PhysicalHostName",  "PhysicalHostNameFullyQualified"};
    size_t room = size - HEAD_SIZE < data[3] ? size - HEAD_SIZE : data[3];
    void *bytes = malloc(room ? room : 1);

    check(bytes != NULL);
    memcpy(bytes, data + HEAD_SIZE, room);
    registry_text_take(reader, keys[data[0] % count],
                       names[data[1] % (sizeof names / sizeof *names)], data[2], bytes, room);
    free(bytes);
    return HEAD_SIZE + room;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena memory = {0}, kept = {0};
    const char *keys[KEYS_MOST] = {0};
    struct registry_text *reader;
    struct registry_export export;
    struct machine_facts facts;
    size_t count = 0;

    for (; machine_registry_keys[count]; count++)
        keys[count] = arena_print(&memory, "HKEY_LOCAL_MACHINE\\%s", machine_registry_keys[count]);
    reader = registry_text_new(keys);
    while (size >= HEAD_SIZE) {
        size_t taken = take_value(reader, keys, count, data, size);

        data += taken;
        size -= taken;
    }
    registry_text_end(reader, &memory, &export);
    machine_registry_read(&export, &kept, &facts);
    arena_release(&memory); /* nothing of it is borrowed */
    check_text(facts.product);
    check_text(facts.host);
    check_text(facts.suffix);
    check_text(facts.netbios);
    check_text(facts.maker);
    check_text(facts.model);
    check_text(facts.hyper_v);
    check(!facts.build || text_is_utf8(facts.build, strlen(facts.build)));
    check((unsigned)facts.role < MACHINE_ROLE_COUNT);
    check((unsigned)facts.hardware < MACHINE_HARDWARE_COUNT);
    check((unsigned)facts.exchange < MACHINE_EXCHANGE_COUNT);
    arena_release(&kept);
    return 0;
}
