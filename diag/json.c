#include "diag/json.h"

#include "diag/clock.h"
#include "diag/text.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { BASE64_MOST = 64 << 20 };

static json_t *to_base64(const char *bytes, size_t size)
{
    unsigned char *encoded;
    json_t *object = json_object();

    if (size > BASE64_MOST)
        size = BASE64_MOST;
    encoded = memory_new(size / 3 + 1, 4 + 1);
    EVP_EncodeBlock(encoded, (const unsigned char *)bytes, (int)size);
    json_object_set_new(object, "base64", json_string((const char *)encoded));
    free(encoded);
    return object;
}

json_t *json_from_bytes(const char *bytes, size_t size)
{
    if (memchr(bytes, '\0', size) || !text_is_utf8(bytes, size))
        return to_base64(bytes, size);
    return json_stringn(bytes, size);
}

static bool from_base64(const char *text, struct arena *arena, const char **bytes, size_t *size)
{
    size_t length = strlen(text);
    unsigned char *decoded;
    int decoded_size;

    if (length % 4 != 0 || length > BASE64_MOST)
        return false;
    decoded = arena_new(arena, length / 4 * 3 + 1, 1);
    decoded_size = EVP_DecodeBlock(decoded, (const unsigned char *)text, (int)length);
    if (decoded_size < 0)
        return false;
    for (size_t i = length; i > 0 && i > length - 2 && text[i - 1] == '='; i--)
        decoded_size--;
    decoded[decoded_size] = '\0';
    *bytes = (const char *)decoded;
    *size = (size_t)decoded_size;
    return true;
}

bool json_to_bytes(const json_t *value, struct arena *arena, const char **bytes, size_t *size)
{
    const char *encoded = json_get_text(value, "base64");

    if (encoded)
        return from_base64(encoded, arena, bytes, size);
    if (!json_is_string(value))
        return false;
    *size = json_string_length(value);
    *bytes = arena_copy(arena, json_string_value(value), *size);
    return true;
}

void json_put_text(json_t *object, const char *name, const char *text)
{
    json_object_set_new(object, name, json_from_bytes(text, strlen(text)));
}

void json_put_number(json_t *object, const char *name, uint64_t number)
{
    json_object_set_new(object, name, json_integer((json_int_t)number));
}

void json_put_bool(json_t *object, const char *name, bool value)
{
    json_object_set_new(object, name, json_boolean(value));
}

void json_put_microseconds(json_t *object, const char *name, int64_t microseconds)
{
    json_object_set_new(object, name, json_real((double)microseconds / 1000.0));
}

void json_put_time(json_t *object, const char *name, int64_t milliseconds)
{
    char text[CLOCK_TEXT_SIZE];

    clock_format(milliseconds, text);
    json_object_set_new(object, name, json_string(text));
}

const char *json_get_text(const json_t *object, const char *name)
{
    return json_string_value(json_object_get(object, name));
}

const char *json_copy_text(const json_t *object, const char *name, struct arena *arena)
{
    const char *bytes;
    size_t size;

    if (!json_to_bytes(json_object_get(object, name), arena, &bytes, &size))
        return NULL;
    return memchr(bytes, '\0', size) ? NULL : bytes;
}

int64_t json_get_time(const json_t *object, const char *name)
{
    const char *text = json_get_text(object, name);
    int64_t milliseconds;

    return text && clock_parse(text, &milliseconds) == STATUS_OK ? milliseconds : 0;
}

int64_t json_get_microseconds(const json_t *object, const char *name)
{
    double milliseconds = json_number_value(json_object_get(object, name));

    if (!(milliseconds > 0 && milliseconds < 1e12))
        return 0;
    return (int64_t)(milliseconds * 1000.0 + 0.5);
}

uint64_t json_get_number(const json_t *object, const char *name, uint64_t most, uint64_t missing)
{
    const json_t *value = json_object_get(object, name);
    json_int_t number = json_integer_value(value);

    if (!json_is_integer(value) || number < 0 || (uint64_t)number > most)
        return missing;
    return (uint64_t)number;
}

bool json_get_bool(const json_t *object, const char *name)
{
    return json_is_true(json_object_get(object, name));
}
