/*
 * Small helpers over jansson: members that may be missing or of another type,
 * since the file may come from anywhere, and bytes that may not be UTF-8.
 */
#ifndef EXDIAG_JSON_H
#define EXDIAG_JSON_H

#include "diag/memory.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/*
 * Bytes as a JSON string, or as {"base64": "…"} where they are not UTF-8 or hold
 * a NUL. Text read back has a NUL behind it.
 */
json_t *json_from_bytes(const char *bytes, size_t size);
bool json_to_bytes(const json_t *value, struct arena *arena, const char **bytes, size_t *size);

void json_put_text(json_t *object, const char *name, const char *text);
void json_put_number(json_t *object, const char *name, uint64_t number);
void json_put_bool(json_t *object, const char *name, bool value);

/* As milliseconds with a fraction. */
void json_put_microseconds(json_t *object, const char *name, int64_t microseconds);

/* Milliseconds since 1970 UTC as RFC 3339 text with milliseconds. */
void json_put_time(json_t *object, const char *name, int64_t milliseconds);

/* NULL if there is no such member or it is no text. Borrowed from the object. */
const char *json_get_text(const json_t *object, const char *name);

/* A copy in the arena of a text member, base64 form included; NULL if there is none. */
const char *json_copy_text(const json_t *object, const char *name, struct arena *arena);

/* 0 if there is no such member or it is no time. */
int64_t json_get_time(const json_t *object, const char *name);

/* Milliseconds, with a fraction, as microseconds; 0 if missing or out of range. */
int64_t json_get_microseconds(const json_t *object, const char *name);

/* A whole number from 0 to `most`; `missing` for everything else. */
uint64_t json_get_number(const json_t *object, const char *name, uint64_t most, uint64_t missing);

bool json_get_bool(const json_t *object, const char *name);

#endif
