/* OpenLDAP's library, loaded when it is first used. */
#ifndef EXDIAG_POSIX_DIRECTORY_LIBRARY_H
#define EXDIAG_POSIX_DIRECTORY_LIBRARY_H

#include <ldap.h>
#include <openldap.h>

struct ldap_functions {
    int (*init_fd)(ber_socket_t socket, int protocol, const char *url, LDAP **handle);
    int (*unbind_ext)(LDAP *handle, LDAPControl **server, LDAPControl **client);
    int (*set_option)(LDAP *handle, int option, const void *value);
    int (*get_option)(LDAP *handle, int option, void *value);
    int (*sasl_bind)(LDAP *handle, const char *dn, const char *mechanism,
                     struct berval *credentials, LDAPControl **server, LDAPControl **client,
                     int *message);
    int (*parse_sasl_bind_result)(LDAP *handle, LDAPMessage *answer, struct berval **credentials,
                                  int free_it);
    int (*extended_operation)(LDAP *handle, const char *oid, struct berval *value,
                              LDAPControl **server, LDAPControl **client, int *message);
    int (*result)(LDAP *handle, int message, int all, struct timeval *wait, LDAPMessage **answer);
    int (*parse_result)(LDAP *handle, LDAPMessage *answer, int *code, char **matched, char **text,
                        char ***referrals, LDAPControl ***controls, int free_it);
    int (*parse_reference)(LDAP *handle, LDAPMessage *answer, char ***referrals,
                           LDAPControl ***controls, int free_it);
    int (*search_ext)(LDAP *handle, const char *base, int scope, const char *filter,
                      char **attributes, int types_only, LDAPControl **server, LDAPControl **client,
                      struct timeval *timeout, int size_limit, int *message);
    int (*abandon_ext)(LDAP *handle, int message, LDAPControl **server, LDAPControl **client);
    int (*create_page_control)(LDAP *handle, ber_int_t size, struct berval *cookie, int critical,
                               LDAPControl **control);
    int (*parse_pageresponse_control)(LDAP *handle, LDAPControl *control, ber_int_t *estimate,
                                      struct berval *cookie);
    LDAPControl *(*control_find)(const char *oid, LDAPControl **controls, LDAPControl ***next);
    void (*control_free)(LDAPControl *control);
    void (*controls_free)(LDAPControl **controls);
    int (*msgtype)(LDAPMessage *message);
    int (*msgfree)(LDAPMessage *message);
    char *(*get_dn)(LDAP *handle, LDAPMessage *entry);
    char *(*first_attribute)(LDAP *handle, LDAPMessage *entry, BerElement **place);
    char *(*next_attribute)(LDAP *handle, LDAPMessage *entry, BerElement *place);
    struct berval **(*get_values_len)(LDAP *handle, LDAPMessage *entry, const char *name);
    void (*value_free_len)(struct berval **values);
    void (*memfree)(void *memory);
    void (*memvfree)(void **memory);
    void (*ber_free)(BerElement *element, int with_buffer);
    void (*bvfree)(struct berval *value);
    int (*sockbuf_add_io)(Sockbuf *socket, Sockbuf_IO *layer, int level, void *argument);
    int (*sockbuf_ctrl)(Sockbuf *socket, int option, void *argument);
};

/* NULL where it is not there, or lacks a function. */
const struct ldap_functions *ldap_library(void);

#endif
