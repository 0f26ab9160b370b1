/*
 * Where pseudonyms come from: a keyed permutation of the letters and digits of a
 * label. What is a label and what stays is said in redact.c.
 */
#ifndef EXDIAG_EVIDENCE_PSEUDONYM_H
#define EXDIAG_EVIDENCE_PSEUDONYM_H

#include <stddef.h>

struct redactor;

/*
 * Replaces letters and digits in place; everything else stays where it is. Labels
 * with letters and digits in the same order are permuted among themselves, so no
 * two become one. UTF-8 stays UTF-8.
 */
void pseudonym_write(const struct redactor *redactor, unsigned char *bytes, size_t size);

#endif
