#include "posix/security.h"

#include "posix/loaded.h"

#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct functions {
    OM_uint32 (*acquire_cred_from)(OM_uint32 *minor, gss_name_t name, OM_uint32 time,
                                   gss_OID_set mechanisms, gss_cred_usage_t usage,
                                   gss_const_key_value_set_t store, gss_cred_id_t *credentials,
                                   gss_OID_set *actual, OM_uint32 *time_left);
    OM_uint32 (*import_name)(OM_uint32 *minor, gss_buffer_t text, gss_OID type, gss_name_t *name);
    OM_uint32 (*init_sec_context)(OM_uint32 *minor, gss_cred_id_t credentials,
                                  gss_ctx_id_t *context, gss_name_t target, gss_OID mechanism,
                                  OM_uint32 flags, OM_uint32 time, gss_channel_bindings_t bindings,
                                  gss_buffer_t in, gss_OID *actual, gss_buffer_t out,
                                  OM_uint32 *given, OM_uint32 *time_left);
    OM_uint32 (*wrap)(OM_uint32 *minor, gss_ctx_id_t context, int conceal, gss_qop_t quality,
                      gss_buffer_t in, int *concealed, gss_buffer_t out);
    OM_uint32 (*unwrap)(OM_uint32 *minor, gss_ctx_id_t context, gss_buffer_t in, gss_buffer_t out,
                        int *concealed, gss_qop_t *quality);
    OM_uint32 (*display_status)(OM_uint32 *minor, OM_uint32 value, int type, gss_OID mechanism,
                                OM_uint32 *more, gss_buffer_t text);
    OM_uint32 (*release_buffer)(OM_uint32 *minor, gss_buffer_t buffer);
    OM_uint32 (*release_name)(OM_uint32 *minor, gss_name_t *name);
    OM_uint32 (*release_cred)(OM_uint32 *minor, gss_cred_id_t *credentials);
    OM_uint32 (*delete_sec_context)(OM_uint32 *minor, gss_ctx_id_t *context, gss_buffer_t out);
};

#define FUNCTION(name)                                                                             \
    {                                                                                              \
        "gss_" #name, offsetof(struct functions, name)                                             \
    }
static const struct loaded_name function_names[] = {
    FUNCTION(acquire_cred_from),
    FUNCTION(import_name),
    FUNCTION(init_sec_context),
    FUNCTION(wrap),
    FUNCTION(unwrap),
    FUNCTION(display_status),
    FUNCTION(release_buffer),
    FUNCTION(release_name),
    FUNCTION(release_cred),
    FUNCTION(delete_sec_context),
};
#undef FUNCTION

static const char *const file_names[] = {"libgssapi_krb5.so.2", "libgssapi_krb5.2.2.dylib", NULL};

/* The library's variables of the same meaning would have to be loaded too. */
static gss_OID_desc kerberos = {9, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02"};
static gss_OID_desc principal_name = {10, (void *)"\x2a\x86\x48\x86\xf7\x12\x01\x02\x02\x01"};

static pthread_once_t load_once = PTHREAD_ONCE_INIT;
static struct functions gss; /* not changed any more once it is loaded */
static bool is_loaded;

static void load(void)
{
    is_loaded = loaded_fill(file_names, function_names,
                            sizeof function_names / sizeof *function_names, &gss);
}

struct security {
    gss_cred_id_t credentials;
    gss_name_t target;
    gss_ctx_id_t context;
    struct gss_channel_bindings_struct bindings;
    bool is_bound;
};

/* ---- helpers ---- */

static bool failed(OM_uint32 major)
{
    return GSS_ERROR(major) != 0;
}

static void explain(OM_uint32 major, OM_uint32 minor, struct buffer *why)
{
    OM_uint32 ignored, more = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    bool of_mechanism = minor != 0;

    if (why->size > 0)
        return;
    if (failed(gss.display_status(&ignored, of_mechanism ? minor : major,
                                  of_mechanism ? GSS_C_MECH_CODE : GSS_C_GSS_CODE,
                                  of_mechanism ? &kerberos : GSS_C_NO_OID, &more, &text)))
        return;
    buffer_add(why, text.value, text.length);
    gss.release_buffer(&ignored, &text);
}

static void take(gss_buffer_t bytes, struct buffer *out)
{
    OM_uint32 ignored;

    buffer_add(out, bytes->value, bytes->length);
    gss.release_buffer(&ignored, bytes);
}

static gss_buffer_desc given(const void *bytes, size_t size)
{
    return (gss_buffer_desc){.length = size, .value = (void *)bytes};
}

/* ---- a context ---- */

static enum status acquire(struct security *security, const struct security_target *target,
                           struct buffer *why)
{
    gss_key_value_element_desc element = {.key = "ccache", .value = target->tickets};
    gss_key_value_set_desc store = {.count = 1, .elements = &element};
    gss_OID_set_desc mechanisms = {.count = 1, .elements = &kerberos};
    gss_buffer_desc name = given(target->principal, strlen(target->principal));
    OM_uint32 minor, major;

    major = gss.acquire_cred_from(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &mechanisms,
                                  GSS_C_INITIATE, &store, &security->credentials, NULL, NULL);
    if (!failed(major))
        major = gss.import_name(&minor, &name, &principal_name, &security->target);
    if (!failed(major))
        return STATUS_OK;
    explain(major, minor, why);
    return STATUS_NOT_FOUND;
}

enum status security_open(const struct security_target *target, struct security **out,
                          struct buffer *why)
{
    struct security *security;
    enum status status;

    *out = NULL;
    pthread_once(&load_once, load);
    if (!is_loaded) {
        buffer_add_string(why, "MIT's GSS-API library is not on this machine");
        return STATUS_NOT_SUPPORTED;
    }
    security = memory_new(1, sizeof *security);
    security->is_bound = target->binding != NULL;
    security->bindings.initiator_addrtype = GSS_C_AF_UNSPEC;
    security->bindings.acceptor_addrtype = GSS_C_AF_UNSPEC;
    if (security->is_bound) {
        security->bindings.application_data.value = memory_new(1, target->binding_size);
        security->bindings.application_data.length = target->binding_size;
        memcpy(security->bindings.application_data.value, target->binding, target->binding_size);
    }
    status = acquire(security, target, why);
    if (status == STATUS_OK)
        *out = security;
    else
        security_close(security);
    return status;
}

void security_close(struct security *security)
{
    OM_uint32 ignored;

    if (!security)
        return;
    if (security->context != GSS_C_NO_CONTEXT)
        gss.delete_sec_context(&ignored, &security->context, GSS_C_NO_BUFFER);
    if (security->target != GSS_C_NO_NAME)
        gss.release_name(&ignored, &security->target);
    if (security->credentials != GSS_C_NO_CREDENTIAL)
        gss.release_cred(&ignored, &security->credentials);
    free(security->bindings.application_data.value);
    free(security);
}

enum status security_step(struct security *security, const void *in, size_t size,
                          struct buffer *out, bool *done, struct buffer *why)
{
    const OM_uint32 wanted = GSS_C_MUTUAL_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_REPLAY_FLAG |
                             GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG;
    gss_buffer_desc input = given(in, size), output = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor, has = 0;
    OM_uint32 major = gss.init_sec_context(
        &minor, security->credentials, &security->context, security->target, &kerberos, wanted, 0,
        security->is_bound ? &security->bindings : GSS_C_NO_CHANNEL_BINDINGS,
        size > 0 ? &input : GSS_C_NO_BUFFER, NULL, &output, &has, NULL);

    take(&output, out);
    *done = major == GSS_S_COMPLETE;
    if (failed(major)) {
        explain(major, minor, why);
        return GSS_ROUTINE_ERROR(major) == GSS_S_DEFECTIVE_TOKEN ? STATUS_MALFORMED
                                                                 : STATUS_REJECTED;
    }
    if (*done && !(has & GSS_C_MUTUAL_FLAG)) {
        buffer_add_string(why, "the server did not prove who it is");
        return STATUS_MALFORMED;
    }
    return STATUS_OK;
}

enum status security_wrap(struct security *security, bool conceal, const void *bytes, size_t size,
                          struct buffer *out)
{
    gss_buffer_desc input = given(bytes, size), output = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor;
    int concealed = 0;

    if (failed(gss.wrap(&minor, security->context, conceal, GSS_C_QOP_DEFAULT, &input, &concealed,
                        &output)))
        return STATUS_MALFORMED;
    take(&output, out);
    return !conceal || concealed ? STATUS_OK : STATUS_NOT_SUPPORTED;
}

enum status security_unwrap(struct security *security, const void *bytes, size_t size,
                            struct buffer *out)
{
    gss_buffer_desc input = given(bytes, size), output = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor, major;

    major = gss.unwrap(&minor, security->context, &input, &output, NULL, NULL);
    if (failed(major) || GSS_SUPPLEMENTARY_INFO(major) != 0) /* repeated, or out of order */
        return STATUS_MALFORMED;
    take(&output, out);
    return STATUS_OK;
}
