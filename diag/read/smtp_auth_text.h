/* What the texts of an SMTP protocol log say of authentication: for smtp_auth_log.c, and errors for
 * redaction. */
#ifndef EXDIAG_READ_SMTP_AUTH_TEXT_H
#define EXDIAG_READ_SMTP_AUTH_TEXT_H

#include "diag/read/smtp_auth_log.h"

/* "X-EXPS GSSAPI", "AUTH LOGIN"; SMTP_AUTH_NONE for another command. */
enum smtp_auth_mechanism smtp_auth_command(const char *command);

/* Passwords are what is tried by guessers. */
bool smtp_auth_is_by_password(enum smtp_auth_mechanism mechanism);

/* The three digits that a text begins with; 0 for none. */
unsigned smtp_auth_code(const char *text);

/* There is a line after this one of the same reply: "250-...". */
bool smtp_auth_goes_on(const char *reply);

/* An enhanced status code behind the three digits: "5.7.3". */
bool smtp_auth_has_status(const char *reply, const char *status);

/* What a reply to AUTH or X-EXPS means; SMTP_AUTH_OUTCOME_COUNT for 334. */
enum smtp_auth_outcome smtp_auth_answer(unsigned code);

/* The bits (1 << SMTP_AUTH_OFFER_...) of keywords in a reply to EHLO: one line, or all as one. */
unsigned smtp_auth_offers(const char *reply);

/*
 * The error that a remark names, by token, as SSPI's are spelt: other words of a remark may be
 * anybody's, the name of a user among them. False for none.
 */
bool smtp_auth_error(const char *remark, char token[SMTP_AUTH_ERROR_KEPT + 1]);

/* A remark names the account of a computer: "CONTOSO\EX01$". */
bool smtp_auth_names_computer(const char *remark);

/* The first word of a text behind blanks, printable ASCII or UTF-8; "" for none, or too long. */
void smtp_auth_word(const char *text, char word[SMTP_AUTH_NAME_KEPT + 1]);

#endif
