#include "probes/spf/remark.h"

static bool is_missing(const struct spf_node *node)
{
    return node->answer && dns_answer_no_such_name(node->answer);
}

const char *spf_node_remark(const struct spf_node *node, bool *is_error)
{
    static const struct {
        const char *text;
        bool is_error;
    } remarks[] = {
        [SPF_NODE_VALID] = {NULL, false},
        [SPF_NODE_INVALID] = {"its record is not valid: a permanent error", true},
        [SPF_NODE_NONE] = {"no SPF record there: a permanent error", true},
        [SPF_NODE_SEVERAL] = {"several SPF records there: a permanent error", true},
        [SPF_NODE_LOOP] = {"a loop: it stands above already; a permanent error", true},
        [SPF_NODE_MACRO] = {NULL, false},
        [SPF_NODE_UNKNOWN] = {"not known", false},
        [SPF_NODE_CUT] = {"not followed: the tree is too large", false},
    };

    *is_error = remarks[node->state].is_error;
    if (node->state == SPF_NODE_NONE && is_missing(node))
        return "the name does not exist: a permanent error";
    return remarks[node->state].text;
}

const char *spf_void_remark(const struct spf_place *place)
{
    unsigned v4 = place->voids[SPF_V4], v6 = place->voids[SPF_V6];

    if (v4 && v6)
        return "finds nothing";
    if (v4 || v6)
        return v4 ? "no IPv4 address" : "no IPv6 address";
    return NULL;
}
