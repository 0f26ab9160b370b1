#include "posix/directory_library.h"

#include "posix/loaded.h"

#include <pthread.h>
#include <resolv.h>

#define LDAP_FUNCTION(name)                                                                        \
    {                                                                                              \
        "ldap_" #name, offsetof(struct ldap_functions, name)                                       \
    }
#define BER_FUNCTION(name, member)                                                                 \
    {                                                                                              \
        "ber_" #name, offsetof(struct ldap_functions, member)                                      \
    }
static const struct loaded_name function_names[] = {
    LDAP_FUNCTION(init_fd),
    LDAP_FUNCTION(unbind_ext),
    LDAP_FUNCTION(set_option),
    LDAP_FUNCTION(get_option),
    LDAP_FUNCTION(sasl_bind),
    LDAP_FUNCTION(parse_sasl_bind_result),
    LDAP_FUNCTION(extended_operation),
    LDAP_FUNCTION(result),
    LDAP_FUNCTION(parse_result),
    LDAP_FUNCTION(parse_reference),
    LDAP_FUNCTION(search_ext),
    LDAP_FUNCTION(abandon_ext),
    LDAP_FUNCTION(create_page_control),
    LDAP_FUNCTION(parse_pageresponse_control),
    LDAP_FUNCTION(control_find),
    LDAP_FUNCTION(control_free),
    LDAP_FUNCTION(controls_free),
    LDAP_FUNCTION(msgtype),
    LDAP_FUNCTION(msgfree),
    LDAP_FUNCTION(get_dn),
    LDAP_FUNCTION(first_attribute),
    LDAP_FUNCTION(next_attribute),
    LDAP_FUNCTION(get_values_len),
    LDAP_FUNCTION(value_free_len),
    LDAP_FUNCTION(memfree),
    LDAP_FUNCTION(memvfree),
    BER_FUNCTION(free, ber_free),
    BER_FUNCTION(bvfree, bvfree),
    BER_FUNCTION(sockbuf_add_io, sockbuf_add_io),
    BER_FUNCTION(sockbuf_ctrl, sockbuf_ctrl),
};

/* 2.6, 2.5 as Debian calls it, 2.4. What libldap needs of liblber is found through it. */
static const char *const file_names[] = {"libldap.so.2",       "libldap-2.5.so.0",
                                         "libldap_r-2.4.so.2", "libldap-2.4.so.2",
                                         "libldap.2.dylib",    NULL};

static pthread_once_t load_once = PTHREAD_ONCE_INIT;
static struct ldap_functions functions; /* not changed any more once it is loaded */
static bool is_loaded;

/*
 * Its first use looks up this machine's own name, which nobody here wants to know, and would wait
 * for name servers that are away. So this thread has none meanwhile.
 */
static void initialise(void)
{
    int servers, version;

    if (res_init() != 0)
        return;
    servers = _res.nscount;
    _res.nscount = 0;
    functions.get_option(NULL, LDAP_OPT_PROTOCOL_VERSION, &version);
    _res.nscount = servers;
}

static void load(void)
{
    is_loaded = loaded_fill(file_names, function_names,
                            sizeof function_names / sizeof *function_names, &functions);
    if (is_loaded)
        initialise();
}

const struct ldap_functions *ldap_library(void)
{
    pthread_once(&load_once, load);
    return is_loaded ? &functions : NULL;
}
