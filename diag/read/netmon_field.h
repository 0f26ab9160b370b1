/*
 * What stands in a statement that Network Monitor prints of a frame: numbers, ports,
 * names and times behind "name:" or "name =".
 */
#ifndef EXDIAG_READ_NETMON_FIELD_H
#define EXDIAG_READ_NETMON_FIELD_H

#include "diag/read/net_address.h"

#include <stdbool.h>
#include <stdint.h>

const char *netmon_skip_space(const char *text);

/* What follows "name:" or "name =" the first time, in any case; NULL if it is not there. */
const char *netmon_field(const char *statement, const char *name);

/* "3447617", "0x349B41", up to what is no digit; 0 where there is no number. */
uint64_t netmon_number(const char *text);

/* Each stays as it was where the field is missing, or is none. */
void netmon_read_number(const char *statement, const char *name, uint32_t *number);
void netmon_read_port(const char *statement, const char *name, uint16_t *port);
void netmon_read_address(const char *statement, const char *name, struct ip_address *ip);

/*
 * The DNS name that a text begins with, its dot at the end, folded, into `name`, which has room for
 * DNS_NAME_TEXT_SIZE; false, and `name` as it was, for what is none.
 */
bool netmon_read_name(const char *text, char *name);

/*
 * A date and a time of day, as Windows prints them where it is at home: microseconds since
 * 1970 as if it were UTC; 0 for none.
 */
int64_t netmon_moment(const char *text);

/* Seconds with a fraction, as microseconds; -1 for none, and for what "/" or too much follows. */
int64_t netmon_seconds(const char *text);

#endif
