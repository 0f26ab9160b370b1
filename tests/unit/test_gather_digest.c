/* The digest of a file: reading it on a worker, keeping it as evidence. */
#include "diag/evidence/digest.h"
#include "diag/evidence/redact.h"
#include "diag/gather/digest.h"
#include "diag/platform.h"
#include "tests/unit/unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char file_path[] = EXDIAG_BINARY "/test_gather_digest.data";

static void write_file(const void *bytes, size_t size, unsigned times)
{
    FILE *file = fopen(file_path, "wb");

    assert_non_null(file);
    while (times-- > 0)
        assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static struct file_digest *digest_of(const char *path)
{
    struct file_digest question = {.path = path};
    struct evidence *item = evidence_new(&evidence_digest, &question.evidence);

    gather_digest(item);
    assert_true(item->settled);
    return (struct file_digest *)item;
}

static int remove_file(void **state)
{
    (void)state;
    remove(file_path);
    return 0;
}

/* The known SHA-256 of "abc" (FIPS 180-2 B.1) and what else there is to say of it. */
static void test_small_file(void **state)
{
    struct file_digest *digest;

    (void)state;
    write_file("abc", 3, 1);
    digest = digest_of(file_path);
    assert_int_equal(digest->evidence.status, STATUS_OK);
    assert_int_equal(digest->type, FILE_TYPE_UNKNOWN);
    assert_int_equal(digest->encoding, TEXT_ENCODING_ASCII);
    assert_int_equal(digest->size, 3);
    assert_int_equal(digest->lines, 1);
    assert_int_equal(digest->longest_line, 3);
    assert_string_equal(digest->sha256,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    evidence_free(&digest->evidence);
}

static void test_empty_file(void **state)
{
    struct file_digest *digest;

    (void)state;
    write_file("", 0, 0);
    digest = digest_of(file_path);
    assert_int_equal(digest->evidence.status, STATUS_OK);
    assert_int_equal(digest->type, FILE_TYPE_EMPTY);
    assert_int_equal(digest->size, 0);
    assert_int_equal(digest->lines, 0);
    assert_string_equal(digest->sha256,
                        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    evidence_free(&digest->evidence);
}

/* Larger than a piece, with lines and characters across the borders: a million "a" and more. */
static void test_file_of_several_pieces(void **state)
{
    static const char line[] = "08:36:58.874 archivac\xc3\xad\r\n";
    enum { LINES = 100000 };
    struct file_digest *digest;

    (void)state;
    write_file(line, sizeof line - 1, LINES);
    digest = digest_of(file_path);
    assert_int_equal(digest->evidence.status, STATUS_OK);
    assert_int_equal(digest->type, FILE_TYPE_UNKNOWN);
    assert_int_equal(digest->encoding, TEXT_ENCODING_UTF8);
    assert_int_equal(digest->size, LINES * (sizeof line - 1));
    assert_int_equal(digest->lines, LINES);
    assert_int_equal(digest->longest_line, sizeof line - 3);
    evidence_free(&digest->evidence);

    write_file("aaaaaaaaaa", 10, 100000);
    digest = digest_of(file_path);
    assert_int_equal(digest->lines, 1);
    assert_int_equal(digest->longest_line, 1000000);
    assert_string_equal(digest->sha256, /* FIPS 180-2 B.3 */
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    evidence_free(&digest->evidence);
}

/* What is no ordinary file is refused with a reason and never opened. */
static void test_refusals(void **state)
{
    struct file_digest *digest = digest_of(EXDIAG_BINARY);

    (void)state;
    assert_int_equal(digest->evidence.status, STATUS_INVALID);
    assert_string_equal(digest->evidence.reason, "it is a folder");
    assert_int_equal(digest->size, 0);
    evidence_free(&digest->evidence);

    digest = digest_of(EXDIAG_BINARY "/no such file");
    assert_int_equal(digest->evidence.status, STATUS_NOT_FOUND);
    evidence_free(&digest->evidence);

    if (platform_file_kind("/dev/zero") != PLATFORM_OTHER_FILE)
        return;
    digest = digest_of("/dev/zero");
    assert_int_equal(digest->evidence.status, STATUS_INVALID);
    assert_non_null(strstr(digest->evidence.reason, "device"));
    evidence_free(&digest->evidence);
}

static struct file_digest *save_and_load(const struct file_digest *digest,
                                         struct evidence_store *store)
{
    json_t *object = evidence_to_json(&digest->evidence);
    struct file_digest *loaded;

    assert_int_equal(evidence_from_json(store, object), STATUS_OK);
    json_decref(object);
    loaded = (struct file_digest *)evidence_store_find(store, &evidence_digest, &digest->evidence);
    assert_non_null(loaded);
    return loaded;
}

/* An evidence file gives back what was observed. */
static void test_save_and_load(void **state)
{
    struct evidence_store *store = evidence_store_new(), *other = evidence_store_new();
    struct evidence *item;
    struct file_digest *digest, *loaded;
    struct file_digest question = {.path = file_path};

    (void)state;
    write_file("REGEDIT4\r\n", 10, 1);
    digest = digest_of(file_path);
    item = evidence_store_add(store, &evidence_digest, &question.evidence);
    assert_memory_equal(item->key, "file ", 5);
    assert_string_equal(item->key + 5, file_path);
    evidence_adopt(item, &digest->evidence);
    evidence_free(&digest->evidence);
    digest = (struct file_digest *)item;

    loaded = save_and_load(digest, other);
    assert_string_equal(loaded->path, file_path);
    assert_int_equal(loaded->type, FILE_TYPE_REGISTRY);
    assert_int_equal(loaded->encoding, TEXT_ENCODING_ASCII);
    assert_int_equal(loaded->size, 10);
    assert_int_equal(loaded->lines, 1);
    assert_int_equal(loaded->longest_line, 8);
    assert_string_equal(loaded->sha256, digest->sha256);
    evidence_store_free(other);
    evidence_store_free(store);
}

/* Redaction hides the path and the hash, which names a file as surely as its path. */
static void test_redaction(void **state)
{
    static const unsigned char key[REDACTOR_KEY_SIZE] = {1};
    struct redactor *redactor = redactor_new(key);
    struct file_digest *digest;

    (void)state;
    write_file("abc", 3, 1);
    digest = digest_of(file_path);
    evidence_digest.redact(&digest->evidence, redactor);
    assert_null(strstr(digest->path, "gather"));
    assert_int_equal(strlen(digest->path), strlen(file_path));
    assert_string_equal(digest->sha256, "");
    assert_int_equal(digest->size, 3);
    evidence_free(&digest->evidence);
    redactor_free(redactor);
}

/* A damaged or hostile line of an evidence file is read as far as it makes sense. */
static void test_hostile_json(void **state)
{
    struct file_digest question = {.path = "x"}, *digest;
    struct evidence *item = evidence_new(&evidence_digest, &question.evidence);
    json_t *object = json_pack("{s:s, s:s, s:i, s:s, s:s}", "path", "y", "type", "nonsense", "size",
                               -5, "lines", "many", "sha256", "<script>");

    (void)state;
    assert_int_equal(evidence_digest.load(item, object), STATUS_OK);
    digest = (struct file_digest *)item;
    assert_string_equal(digest->path, "y");
    assert_int_equal(digest->type, FILE_TYPE_UNKNOWN);
    assert_int_equal(digest->size, 0);
    assert_int_equal(digest->lines, 0);
    assert_string_equal(digest->sha256, "");
    json_object_del(object, "path");
    assert_int_equal(evidence_digest.load(item, object), STATUS_MALFORMED);
    json_decref(object);
    evidence_free(item);
}

/* What is read for what is in it is read once, and has no sum: captures and logs of many lines. */
static void test_large_kinds_are_not_hashed(void **state)
{
    static const char head[] = "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0";
    static const struct {
        const char *line;
        enum file_type type;
    } logs[] = {{"08:36:58.874 [18] INFO Retrieving message...\r\n", FILE_TYPE_MAILSTORE_LOG},
                {"#Software: Microsoft Internet Information Services 10.0\r\n", FILE_TYPE_IIS_LOG},
                {"DateTime,SoapAction,HttpStatus,\r\n", FILE_TYPE_EWS_LOG},
                {"DateTime,UrlStem,HttpStatus,\r\n", FILE_TYPE_HTTP_PROXY_LOG}};
    struct file_digest *digest;

    (void)state;
    write_file(head, 24, 100000);
    digest = digest_of(file_path);
    assert_int_equal(digest->evidence.status, STATUS_OK);
    assert_int_equal(digest->type, FILE_TYPE_PCAP);
    assert_int_equal(digest->size, 2400000);
    assert_int_equal(digest->lines, 0);
    assert_string_equal(digest->sha256, "");
    evidence_free(&digest->evidence);

    for (size_t i = 0; i < sizeof logs / sizeof *logs; i++) {
        size_t size = strlen(logs[i].line);

        write_file(logs[i].line, size, 100000);
        digest = digest_of(file_path);
        assert_int_equal(digest->type, logs[i].type);
        assert_int_equal(digest->size, 100000 * size);
        assert_string_equal(digest->sha256, "");
        evidence_free(&digest->evidence);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_small_file),    cmocka_unit_test(test_empty_file),
        cmocka_unit_test(test_refusals),      cmocka_unit_test(test_file_of_several_pieces),
        cmocka_unit_test(test_save_and_load), cmocka_unit_test(test_redaction),
        cmocka_unit_test(test_hostile_json),  cmocka_unit_test(test_large_kinds_are_not_hashed),
    };

    return cmocka_run_group_tests(tests, NULL, remove_file);
}
