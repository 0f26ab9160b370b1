/*
 * Text of Markdown on a stream, in which nothing from outside acts: no table, link, image, HTML,
 * mention, reference, emoji, formula or address that is made a link, by CommonMark or by what
 * GitHub, GitLab and Jira add to it. A backslash would not do: mentions and addresses are looked
 * for in what is already rendered, everywhere but in code. So words that could act are code.
 */
#ifndef EXDIAG_REPORT_MARKDOWN_WRITE_H
#define EXDIAG_REPORT_MARKDOWN_WRITE_H

#include <stddef.h>
#include <stdio.h>

/*
 * Prose, on one line that has begun: words that could act, and those that hold a dot between
 * letters, as names of hosts and files do, as code.
 */
void markdown_put_words(FILE *stream, const char *text);

/* All of it as code on one line, between as many backticks as it takes. Nothing for nothing. */
void markdown_put_code(FILE *stream, const char *text, size_t size);

/* A fenced block behind `indent` spaces, whose fence is longer than any row of backticks in it. */
void markdown_put_block(FILE *stream, unsigned indent, const char *language, const char *text);

/* The longest row of backticks. */
size_t markdown_longest_row(const char *text, size_t size);

/* The first or last line of such a block, in which rows of backticks are no longer than `row`. */
void markdown_put_fence(FILE *stream, unsigned indent, size_t row, const char *language);

#endif
