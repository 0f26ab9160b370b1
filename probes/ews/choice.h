/*
 * What decides which steps of a finding are printed: the version of Exchange, and whether what
 * fails through one server comes through another. The values that `when` asks for:
 *
 *   exchange-2007, -2010, -2013   the version is that one, or (2013) a later one
 *   exchange-open                 it is not known, or the servers that fail are of several
 *   one-node, everywhere          the same came through another server; through none of several
 *   moves                         the database may be moved: not where its node makes the MIME
 *                                 content and another server gave it, nor in 2007
 *   move-first, move-second       the same, as the way round or behind another server's
 *   repair                        to make the virtual directory again may help
 *   new-2007, -2010, -2013, -open the same, by version
 *   compare-first                 nothing tells yet whether it does
 *   extended-protection           the version knows it
 */
#ifndef EXDIAG_PROBES_EWS_CHOICE_H
#define EXDIAG_PROBES_EWS_CHOICE_H

#include "diag/probe.h"

enum ews_place { EWS_PLACE_OPEN, EWS_PLACE_ONE_NODE, EWS_PLACE_EVERYWHERE };

/* `major` as Exchange counts: 8, 14, 15; 0: not known. */
void ews_choose_steps(struct finding *finding, unsigned major, enum ews_place place);

#endif
