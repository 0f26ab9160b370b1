/* --ca-file: certificates are taken, and what holds none or a damaged one is told of. */
#include "diag/gather/ca_file.h"
#include "diag/platform.h"
#include "tests/unit/system.h"
#include "tests/unit/unit.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A certificate that signs itself, as PEM. */
static void add_certificate(struct buffer *out, const char *name)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    BIO *text = BIO_new(BIO_s_mem());
    X509_NAME *subject = X509_get_subject_name(certificate);
    char *bytes;
    long size;

    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(certificate, subject);
    X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
    X509_set_pubkey(certificate, key);
    assert_true(X509_sign(certificate, key, EVP_sha256()) > 0);
    assert_int_equal(PEM_write_bio_X509(text, certificate), 1);
    size = BIO_get_mem_data(text, &bytes);
    buffer_add(out, bytes, (size_t)size);
    BIO_free(text);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static enum status load_bytes(const char *text, size_t size, size_t *count)
{
    char folder[SYSTEM_PATH_SIZE], path[SYSTEM_PATH_SIZE + 8];
    X509_STORE *store = X509_STORE_new();
    STACK_OF(X509_OBJECT) * objects;
    enum status status;
    FILE *file;

    system_folder_new(folder);
    snprintf(path, sizeof path, "%s/ca", folder);
    assert_int_equal(platform_file_create(path, &file), STATUS_OK);
    assert_int_equal(fwrite(text, 1, size, file), size);
    fclose(file);
    status = ca_file_load(path, store);
    assert_int_equal(ca_file_load(path, NULL), status);
    system_remove(path);
    system_remove(folder);
    objects = X509_STORE_get0_objects(store);
    *count = (size_t)sk_X509_OBJECT_num(objects);
    X509_STORE_free(store);
    return status;
}

static enum status load(const char *text, size_t *count)
{
    return load_bytes(text, strlen(text), count);
}

/* All of them, whatever text stands between. */
static void certificates_are_taken(void **state)
{
    struct buffer text;
    size_t count;

    (void)state;
    buffer_init(&text, 65536);
    add_certificate(&text, "one");
    assert_int_equal(load(text.text, &count), STATUS_OK);
    assert_int_equal(count, 1);
    buffer_add_string(&text, "\n# another authority\n");
    add_certificate(&text, "two");
    buffer_add_string(&text, "\n\n");
    assert_int_equal(load(text.text, &count), STATUS_OK);
    assert_int_equal(count, 2);
    buffer_release(&text);
}

/* As editors of Windows and PowerShell's > leave them. */
static void marks_and_utf16_are_no_matter(void **state)
{
    struct buffer text, wide;
    size_t count;

    (void)state;
    buffer_init(&text, 65536);
    buffer_init(&wide, 131072);
    buffer_add_string(&text, "\xef\xbb\xbf");
    add_certificate(&text, "one");
    add_certificate(&text, "two");
    assert_int_equal(load(text.text, &count), STATUS_OK);
    assert_int_equal(count, 2);
    buffer_add(&wide, "\xff\xfe", 2);
    for (size_t i = 3; i < text.size; i++) {
        buffer_add_char(&wide, text.text[i]);
        buffer_add_char(&wide, '\0');
    }
    assert_int_equal(load_bytes(wide.text, wide.size, &count), STATUS_OK);
    assert_int_equal(count, 2);
    buffer_release(&wide);
    buffer_release(&text);
}

/* A damaged one is not passed over: the user would think that it is trusted. */
static void damaged_files_are_malformed(void **state)
{
    struct buffer text;
    size_t count, whole;

    (void)state;
    assert_int_equal(load("", &count), STATUS_MALFORMED);
    assert_int_equal(load("no certificate\n", &count), STATUS_MALFORMED);
    buffer_init(&text, 65536);
    add_certificate(&text, "one");
    whole = text.size;
    add_certificate(&text, "two");
    text.text[whole + 60] = '!';
    assert_int_equal(load(text.text, &count), STATUS_MALFORMED);
    text.text[whole + 60] = 'A';
    text.text[text.size - 40] = '\0'; /* cut off */
    assert_int_equal(load(text.text, &count), STATUS_MALFORMED);
    buffer_release(&text);
}

static void files_that_cannot_be_read(void **state)
{
    (void)state;
    assert_int_equal(ca_file_load("/nowhere/ca.pem", NULL), STATUS_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(certificates_are_taken),
        cmocka_unit_test(marks_and_utf16_are_no_matter),
        cmocka_unit_test(damaged_files_are_malformed),
        cmocka_unit_test(files_that_cannot_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
