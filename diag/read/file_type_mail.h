/*
 * Recognising records of mail transport by what is in them: for file_type.c alone.
 * `text`: the beginning of a file in ASCII, '?' for everything else.
 */
#ifndef EXDIAG_READ_FILE_TYPE_MAIL_H
#define EXDIAG_READ_FILE_TYPE_MAIL_H

#include <stdbool.h>

/* Which log of Exchange Server, by its #Log-type directive. */
bool file_is_smtp_send_log(const char *text);
bool file_is_smtp_receive_log(const char *text);
bool file_is_tracking_log(const char *text);

/* What Network Monitor prints of frames, line breaks kept or lost. */
bool file_is_netmon_text(const char *text);

/* Get-Queue through Format-List, Format-Table or Export-Csv: by the names of properties. */
bool file_is_queue_list(const char *text);

/*
 * A message of delivery-status (RFC 3464), its parts alone, or the text that Exchange
 * shows people: by fields, codes and tokens, for the sentences around them are localised.
 */
bool file_is_ndr(const char *text);

#endif
