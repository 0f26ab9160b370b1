/*
 * What the kinds of evidence share whose question is a path alone: of a file or, where a kind has
 * it so, of a machine (read/machine_path.h). FILE_QUESTION() in a kind says where its struct has
 * the path.
 */
#ifndef EXDIAG_EVIDENCE_FILE_QUESTION_H
#define EXDIAG_EVIDENCE_FILE_QUESTION_H

#include "diag/evidence/evidence.h"

#include <stddef.h>

/* Members of a kind: all about its question but the key and the source that it names. */
#define FILE_QUESTION(type)                                                                        \
    .path_at = offsetof(type, path), .copy_question = file_question_copy,                          \
    .is_answer_to = file_question_is_answered, .lifetime = file_question_lifetime

void file_question_copy(struct evidence *item, const struct evidence *question);
bool file_question_is_answered(const struct evidence *item, const struct evidence *question);

/* None: a file, and a machine's settings, may have changed meanwhile. */
uint32_t file_question_lifetime(const struct evidence *item);

/* The path itself: for kinds that are asked of files alone. */
void file_question_describe(const struct evidence *item, struct buffer *out);

/* The path of a file, "this machine's registry", or "ex02.contoso.com's registry" of another. */
void file_question_describe_whose(const char *path, const char *what, struct buffer *out);

#endif
