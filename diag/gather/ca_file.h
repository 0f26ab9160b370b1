/* --ca-file: certificates of authorities that are trusted, as text (PEM, RFC 7468). */
#ifndef EXDIAG_GATHER_CA_FILE_H
#define EXDIAG_GATHER_CA_FILE_H

#include "diag/status.h"

#include <stdint.h>

#include <openssl/x509_vfy.h>

enum { CA_FILE_MOST = 16 << 20 /* bytes; those of all public authorities are a fiftieth of it */ };

/*
 * Adds every certificate of the file to `store`, which may be NULL to see whether that
 * can be done. STATUS_MALFORMED: no certificate is in it, or a damaged one. Else
 * STATUS_TOO_LARGE, or as platform_file_open().
 */
enum status ca_file_load(const char *path, X509_STORE *store);

/*
 * What the file says, as UTF-8, for libraries that would read it otherwise. To be freed; NULL where
 * it cannot be read, or `path` is NULL.
 */
char *ca_file_text(const char *path);

/* A checksum of the file's text: of another text mostly another one. */
enum status ca_file_mark(const char *path, uint32_t *mark);

/* The same as ca_file_load(), of a text in memory. */
enum status ca_text_load(const char *text, size_t size, X509_STORE *store);

#endif
