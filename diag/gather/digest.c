#include "diag/gather/digest.h"

#include "diag/gather/file.h"
#include "diag/gather/text_file.h"
#include "diag/memory.h"
#include "diag/platform.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>

enum { PIECE_SIZE = 1024 * 1024 };

static void write_hexadecimal(const unsigned char *bytes, size_t size, char *out)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < size; i++) {
        *out++ = digits[bytes[i] >> 4];
        *out++ = digits[bytes[i] & 15];
    }
    *out = '\0';
}

/* Large, and read for what is in them: here they have their size, and no sum. */
static bool is_read_once(enum file_type type)
{
    return type == FILE_TYPE_PCAP || type == FILE_TYPE_PCAPNG || type == FILE_TYPE_NETMON ||
           type == FILE_TYPE_MAILSTORE_LOG || type == FILE_TYPE_IIS_LOG ||
           type == FILE_TYPE_EWS_LOG || type == FILE_TYPE_HTTP_PROXY_LOG;
}

/* Of a file that begins with zeros: what is behind them. The file is at its beginning again. */
static enum file_type type_behind_zeros(FILE *file)
{
    struct text_file *text = text_file_new(file);
    enum file_type type = text_file_type(text);

    text_file_free(text);
    rewind(file);
    return type;
}

static enum status read_all(FILE *file, unsigned char *piece, EVP_MD_CTX *hash,
                            struct file_digest *out)
{
    struct text_survey survey;
    unsigned char sha256[EVP_MAX_MD_SIZE];
    unsigned sha256_size;
    size_t size = fread(piece, 1, PIECE_SIZE, file);

    out->type = file_type_of(piece, size < FILE_TYPE_HEAD ? size : FILE_TYPE_HEAD, &out->encoding);
    if (out->type == FILE_TYPE_UNKNOWN && size > 0 && piece[0] == 0) {
        out->type = type_behind_zeros(file);
        size = fread(piece, 1, PIECE_SIZE, file);
    }
    if (is_read_once(out->type))
        return platform_file_size(file, &out->size);
    text_survey_begin(&survey, out->encoding);
    for (; size > 0; size = fread(piece, 1, PIECE_SIZE, file)) {
        text_survey_add(&survey, piece, size);
        if (!EVP_DigestUpdate(hash, piece, size))
            return STATUS_NOT_SUPPORTED;
        out->size += size;
    }
    if (ferror(file))
        return STATUS_IO;
    if (!EVP_DigestFinal_ex(hash, sha256, &sha256_size))
        return STATUS_NOT_SUPPORTED;
    text_survey_end(&survey);
    out->encoding = survey.encoding;
    out->lines = survey.lines;
    out->longest_line = survey.longest_line;
    write_hexadecimal(sha256, sha256_size, out->sha256);
    return STATUS_OK;
}

void gather_digest(struct evidence *item)
{
    struct file_digest *digest = (struct file_digest *)item;
    struct file_digest seen = {.size = 0};
    unsigned char *piece = memory_new(1, PIECE_SIZE);
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    const char *reason = NULL;
    FILE *file = NULL;
    enum status status = gather_file_open(digest->path, &file, &reason);

    if (status != STATUS_OK)
        goto out;
    if (hash && EVP_DigestInit_ex(hash, EVP_sha256(), NULL))
        status = read_all(file, piece, hash, &seen);
    else
        status = STATUS_NOT_SUPPORTED;
    if (status == STATUS_NOT_SUPPORTED)
        reason = "the cryptographic library cannot compute SHA-256";
out:
    if (file)
        fclose(file);
    EVP_MD_CTX_free(hash);
    OPENSSL_thread_stop(); /* what it keeps for this thread may outlive the program otherwise */
    free(piece);
    if (status != STATUS_OK) {
        evidence_fail(item, status, reason);
        return;
    }
    seen.evidence = digest->evidence;
    seen.evidence.status = STATUS_OK;
    seen.evidence.settled = true;
    seen.path = digest->path;
    *digest = seen;
}
