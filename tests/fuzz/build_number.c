/* Build numbers: what is read of any spelling is a number that reads the same again. */
#include "diag/read/build_number.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef enum status parser(const char *text, size_t size, struct build_number *out);

static parser *const parsers[] = {
    build_number_parse,          build_number_parse_display,  build_number_parse_banner,
    build_number_parse_page,     build_number_parse_manifest, build_number_parse_setup,
    build_number_parse_software,
};

static void check(bool holds)
{
    if (!holds)
        abort();
}

static void check_number(const struct build_number *number)
{
    char text[BUILD_NUMBER_TEXT_SIZE];
    struct build_number again;

    check(number->count >= 3 && number->count <= BUILD_PARTS && number->parts[0] > 0);
    for (size_t i = 0; i < BUILD_PARTS; i++)
        check(number->parts[i] <= BUILD_PART_MOST);
    build_number_format(number, text);
    check(build_number_parse(text, strlen(text), &again) == STATUS_OK);
    check(build_number_compare(number, &again) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size ? size : 1);

    check(text != NULL);
    memcpy(text, data, size);
    for (size_t i = 0; i < sizeof parsers / sizeof *parsers; i++) {
        struct build_number number = {.count = 9};
        enum status status = parsers[i](text, size, &number);

        if (status == STATUS_OK || status == STATUS_NOT_SUPPORTED)
            check_number(&number);
        else
            check(number.count == 9);
    }
    free(text);
    return 0;
}
