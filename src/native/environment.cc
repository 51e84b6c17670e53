// Sets a variable of the process's real environment: in a worker thread process.env is a copy that C code never sees.
#define NAPI_VERSION 8
#include <node_api.h>
#include <stdlib.h>

static napi_value Set(napi_env env, napi_callback_info info) {
  size_t count = 2;
  napi_value arguments[2];
  char text[2][4096];
  size_t length;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  for (int i = 0; i < 2; i++)
    if (napi_get_value_string_utf8(env, arguments[i], text[i], sizeof text[i], &length) != napi_ok) {
      napi_throw_type_error(env, nullptr, "native: expected a name and a value, both strings.");
      return nullptr;
    }
  setenv(text[0], text[1], 1);
  return nullptr;
}

NAPI_MODULE_INIT() {
  napi_value set;
  napi_create_function(env, "set", NAPI_AUTO_LENGTH, Set, nullptr, &set);
  napi_set_named_property(env, exports, "set", set);
  return exports;
}
