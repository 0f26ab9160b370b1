#include "diag/gather/ca_file.h"

#include "diag/buffer.h"
#include "diag/gather/text_file.h"
#include "diag/read/crc32.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

static bool is_at_end(void)
{
    unsigned long error = ERR_peek_last_error();

    return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

static enum status take_certificates(BIO *text, X509_STORE *store)
{
    size_t count = 0;
    X509 *certificate;

    ERR_clear_error();
    while ((certificate = PEM_read_bio_X509_AUX(text, NULL, NULL, NULL)) != NULL) {
        int added = store ? X509_STORE_add_cert(store, certificate) : 1;

        X509_free(certificate);
        if (!added)
            return STATUS_EXHAUSTED;
        count++;
    }
    return count > 0 && is_at_end() ? STATUS_OK : STATUS_MALFORMED;
}

enum status ca_text_load(const char *text, size_t size, X509_STORE *store)
{
    BIO *memory = BIO_new_mem_buf(text, (int)size);
    enum status status = memory ? take_certificates(memory, store) : STATUS_EXHAUSTED;

    ERR_clear_error();
    BIO_free(memory);
    return status;
}

enum status ca_file_load(const char *path, X509_STORE *store)
{
    struct buffer text;
    enum status status;

    buffer_init(&text, CA_FILE_MOST);
    status = text_file_read_whole(path, &text);
    if (status == STATUS_OK)
        status = ca_text_load(text.text, text.size, store);
    buffer_release(&text);
    return status;
}

enum status ca_file_mark(const char *path, uint32_t *mark)
{
    struct buffer text;
    struct crc32 crc;
    enum status status;

    buffer_init(&text, CA_FILE_MOST);
    status = text_file_read_whole(path, &text);
    crc32_begin(&crc);
    crc32_add(&crc, (const unsigned char *)text.text, text.size);
    *mark = crc32_end(&crc);
    buffer_release(&text);
    return status;
}

char *ca_file_text(const char *path)
{
    struct buffer text;

    if (!path)
        return NULL;
    buffer_init(&text, CA_FILE_MOST);
    if (text_file_read_whole(path, &text) == STATUS_OK)
        return text.text;
    buffer_release(&text);
    return NULL;
}
