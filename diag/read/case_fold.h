/*
 * Unicode's simple case folding (UAX 44, CaseFolding.txt: C and S) for the alphabets that have
 * case and in which hosts and accounts are named: Latin, Greek, Cyrillic, Armenian, and the wide
 * forms of East Asia. Letters of phonetic notation and of dead scripts fold to themselves. No
 * accents are folded, and nothing depends on a locale.
 */
#ifndef EXDIAG_READ_CASE_FOLD_H
#define EXDIAG_READ_CASE_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint32_t case_fold(uint32_t code_point);

/* Texts alike but for case; bytes that are no UTF-8 are equal to themselves alone. */
bool case_equal(const char *one, size_t one_size, const char *other, size_t other_size);

#endif
