/* `exdiag explain spf`: what a record says, and what widespread descriptions of it get wrong. */
#include "diag/probe.h"

static const struct paragraph paragraphs[] = {
    {"what it is",
     "A TXT record of a domain that begins with v=spf1 and says which hosts may send mail in the "
     "domain's name. A receiver looks it up for the domain of the envelope's sender (MAIL FROM; "
     "Return-Path in the delivered message), and for the name that the client gave in HELO. The "
     "From: that people see is another thing; DMARC ties the two together."},
    {"how it is read",
     "The whole record is read first; one fault in the grammar makes the result permerror, whoever "
     "sends.\n"
     "Then its mechanisms are tried from left to right. The first that matches the sender decides, "
     "by its qualifier: + pass (also where none is written), - fail, ~ softfail, ? neutral.\n"
     "If none matches, redirect= hands over to another domain's record; without it the result is "
     "neutral."},
    {"the seven results",
     "pass: the domain authorises this host. Nothing is said of the message.\n"
     "fail: the domain says that this host is not authorised.\n"
     "softfail: the same, said with less certainty.\n"
     "neutral: there is a record, and it does not say.\n"
     "none: there is no record, or no domain to ask about.\n"
     "temperror: DNS gave no answer now; a later try may get one.\n"
     "permerror: the records cannot be evaluated until somebody repairs them.\n"
     "What a receiver does with each is its own policy."},
    {"the eight mechanisms",
     "all: matches every sender; what stands behind it never counts.\n"
     "include:NAME: matches if NAME's record says pass for the sender. Nothing of it is inserted: "
     "its fail, softfail and neutral only mean that the evaluation goes on here. That it has no "
     "record, several, or a faulty one is permerror.\n"
     "a, a:NAME: the addresses of the domain or of NAME; a/24 and a//64 compare only so many bits.\n"
     "mx, mx:NAME: the addresses of its mail exchangers.\n"
     "ptr: names of the sender's address; not to be used any more.\n"
     "ip4:NETWORK, ip6:NETWORK: addresses as they are, which cost no lookup.\n"
     "exists:NAME: matches if NAME, mostly made with macros, has an A record, for senders with IPv6 "
     "too. Records of no other type count."},
    {"the modifiers",
     "redirect=NAME: if no mechanism matched, NAME's record decides, with all its results. In a "
     "record with all it is ignored.\n"
     "exp=NAME: a text that receivers may quote when the result is fail.\n"
     "A receiver ignores those it does not know, so a misspelt one is no error and does nothing."},
    {"the limits",
     "10 lookups in one evaluation: include, a, mx, ptr, exists and redirect= count one each, and "
     "what is below an include or redirect= counts too.\n"
     "2 lookups that find nothing.\n"
     "10 mail exchangers for one mx: more are permerror. 10 names for one ptr: more are not looked "
     "at.\n"
     "20 seconds in all, at least: beyond it, temperror.\n"
     "One record at a name. 255 bytes in one string of it; strings are joined without a space. "
     "Beyond some 450 bytes in all, some ways drop the answer."},
    {"what widespread descriptions get wrong",
     "\"redirect takes no lookup\": it takes one, as include does.\n"
     "\"include and redirect do the same\": include asks for a pass and goes on otherwise; redirect "
     "takes the place of the record's end.\n"
     "\"a record with a syntax error is ignored\": that would be none. It is permerror.\n"
     "\"exists matches if there is any record\": an A record alone.\n"
     "\"the hosts of mx, include and ptr take a lookup each\": those of mx and ptr have limits of "
     "their own, ten each; an include costs one and what its record costs.\n"
     "\"none is neutral\": receivers treat the two alike, but none has no record and neutral has "
     "one that says so.\n"
     "\"fail means rejected, pass means accepted\": they say whether the host is authorised; the "
     "receiver decides.\n"
     "\"v=spf1 a \xe2\x80\x93"
     "all\", \xe2\x80\x9cv=spf1 \xe2\x80\xa6\xe2\x80\x9d: dashes and quotation marks that web pages "
     "make are errors in a record. exdiag shows what to type instead."},
    {NULL, NULL}};

static const struct reference references[] = {
    {"RFC 7208, Sender Policy Framework", "https://www.rfc-editor.org/rfc/rfc7208"},
    {"RFC 7489, DMARC", "https://www.rfc-editor.org/rfc/rfc7489"},
    {NULL, NULL}};

const struct topic topic_spf = {
    .name = "spf",
    .title = "what an SPF record says, and what receivers make of it",
    .paragraphs = paragraphs,
    .references = references,
};
