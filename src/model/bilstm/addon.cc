// The paper's model on a CPU, a whole training step a call: what src/model/bilstm/addon.ts loads. It works in memory that JavaScript owns.
#define NAPI_VERSION 8
#include <node_api.h>

#include "shard.h"
#include "team.h"

namespace {

struct Model {
  Config config;
  Batch batch;
  std::vector<Shard> shards;
  std::unique_ptr<Team> team;
  napi_ref owner = nullptr;  // keeps the arrays
  float alpha, gamma;
  Update update;

  void grow(int size, bool training) {
    const size_t rowsAll = (size_t)batch.window * size;
    batch.h1.at_least(rowsAll * 2 * config.units1);
    batch.h2.at_least(rowsAll * 2 * config.units2);
    for (int i = 0; training && i < SHARDS; i++) {
      batch.dh2[i].at_least(rowsAll * 2 * config.units2);
      batch.dh1[i].at_least(rowsAll * 2 * config.units1);
    }
  }

  double train(uint32_t seed, uint32_t step) {
    grow(batch.size, true);
    team->run({[&](int i) { shards[i].layer1(batch, true); },
               [&](int i) { shards[i].layer2(batch, true, seed, step); },
               [&](int i) { shards[i].top(batch, true, alpha, gamma, nullptr); },
               [&](int i) { shards[i].layer2Backward(batch); },
               [&](int i) { shards[i].layer1Backward(batch), shards[i].update(update); }});
    return shards[0].loss + shards[1].loss;
  }

  double infer(int32_t* classes) {
    grow(batch.size, false);
    team->run({[&](int i) { shards[i].layer1(batch, false); },
               [&](int i) { shards[i].layer2(batch, false, 0, 0); },
               [&](int i) { shards[i].top(batch, false, alpha, gamma, classes); }});
    return shards[0].loss + shards[1].loss;
  }
};

// A typed array of this type, or null for JavaScript's null; `sound` becomes false for anything else.
template <typename T>
T* array(napi_env env, napi_value value, napi_typedarray_type type, size_t* length, bool* sound) {
  napi_valuetype kind;
  napi_typeof(env, value, &kind);
  *length = 0;
  if (kind == napi_null) return nullptr;
  napi_typedarray_type found;
  void* data = nullptr;
  *sound = *sound && napi_get_typedarray_info(env, value, &found, length, &data, nullptr, nullptr) == napi_ok && found == type;
  return static_cast<T*>(data);
}

napi_value refuse(napi_env env) {
  napi_throw_type_error(env, nullptr, "native: expected a shape and arrays of its sizes.");
  return nullptr;
}

void destroy(napi_env env, void* data, void*) {
  Model* model = static_cast<Model*>(data);
  napi_delete_reference(env, model->owner);
  delete model;
}

// create([W, F, L, K, H1, H2, threads, slots], [dropout, alpha, gamma], matrix, targets, weights | null, arrays of both halves)
napi_value Create(napi_env env, napi_callback_info info) {
  napi_value a[6];
  size_t given = 6, length, count = 0;
  bool sound = true;
  napi_get_cb_info(env, info, &given, a, nullptr, nullptr);
  if (given != 6) return refuse(env);
  const int32_t* shape = array<int32_t>(env, a[0], napi_int32_array, &length, &sound);
  sound = sound && length == 8;
  const double* rates = array<double>(env, a[1], napi_float64_array, &length, &sound);
  sound = sound && length == 3;
  if (!sound) return refuse(env);
  for (int i = 0; i < 6; i++) sound = sound && shape[i] > 0;
  auto model = std::make_unique<Model>();
  model->config = Config{shape[0], shape[1], shape[2], shape[3], shape[4], shape[5], (float)rates[0]};
  model->alpha = rates[1], model->gamma = rates[2];
  model->batch.matrix = array<float>(env, a[2], napi_float32_array, &length, &sound);
  model->batch.targets = array<int32_t>(env, a[3], napi_int32_array, &length, &sound);
  model->batch.weights = array<float>(env, a[4], napi_float32_array, &length, &sound);
  const int slots = shape[7], each = TRAINABLE * (1 + slots) + MOVING;
  uint32_t found = 0;
  sound = sound && slots >= 0 && slots <= 2 && napi_get_array_length(env, a[5], &found) == napi_ok && (int)found == SHARDS * each;
  if (!sound) return refuse(env);
  std::vector<float*> arrays(found);
  std::vector<size_t> lengths(found);
  for (uint32_t i = 0; i < found; i++) {
    napi_value value;
    napi_get_element(env, a[5], i, &value);
    arrays[i] = array<float>(env, value, napi_float32_array, &lengths[i], &sound);
  }
  const Config& c = model->config;
  for (int i = 0; i < SHARDS && sound; i++) {
    const size_t C = (size_t)c.headsOf(i) * c.classes, H1 = c.units1, H2 = c.units2;
    const size_t expected[TRAINABLE + MOVING] = {
        (c.features + H1) * 4 * H1, 4 * H1, H1, H1, (2 * H1 + H2) * 4 * H2, 4 * H2, 2 * H2 * C, C, C, C, H1, H1, C, C};
    for (int j = 0; j < each; j++)
      sound = sound && lengths[i * each + j] == expected[j < TRAINABLE + MOVING ? j : (j - TRAINABLE - MOVING) % TRAINABLE];
    model->shards.emplace_back(c, i, &arrays[i * each], &lengths[i * each], slots);
  }
  if (!sound) return refuse(env);
  model->team = std::make_unique<Team>(shape[6]);
  napi_value owner, external;
  napi_create_array_with_length(env, 4, &owner);
  for (int i = 0; i < 4; i++) napi_set_element(env, owner, i, a[2 + i]);
  napi_create_reference(env, owner, 1, &model->owner);
  napi_create_external(env, model.release(), destroy, nullptr, &external);
  return external;
}

// The three arguments of a pass, of which the first two are the model and its batch; null, and not `sound`, when they are others.
Model* begin(napi_env env, napi_callback_info info, napi_value* a, bool* sound) {
  size_t given = 3;
  void* data = nullptr;
  napi_get_cb_info(env, info, &given, a, nullptr, nullptr);
  *sound = given == 3 && napi_get_value_external(env, a[0], &data) == napi_ok && data;
  Model* model = static_cast<Model*>(data);
  if (!*sound) return nullptr;
  size_t size;
  model->batch.starts = array<int32_t>(env, a[1], napi_int32_array, &size, sound);
  model->batch.size = size, model->batch.window = model->config.window;
  *sound = *sound && size > 0;
  return model;
}

napi_value number(napi_env env, double value) {
  napi_value result;
  napi_create_double(env, value, &result);
  return result;
}

// train(model, starts, [lines of a window, seed, step, 1 for Adam, rate, beta1, beta2, epsilon, momentum]) -> the batch's mean loss
napi_value Train(napi_env env, napi_callback_info info) {
  napi_value a[3];
  size_t length;
  bool sound;
  Model* model = begin(env, info, a, &sound);
  if (!sound) return refuse(env);
  const double* s = array<double>(env, a[2], napi_float64_array, &length, &sound);
  if (!sound || length != 9 || !(s[0] >= 1)) return refuse(env);
  model->batch.window = s[0];
  model->update = Update{s[3] != 0, (float)s[4], (float)s[5], (float)s[6], (float)s[7], (float)s[8]};
  return number(env, model->train((uint32_t)s[1], (uint32_t)s[2]));
}

// infer(model, starts, classes [W, B, L]) -> the batch's mean loss
napi_value Infer(napi_env env, napi_callback_info info) {
  napi_value a[3];
  size_t length;
  bool sound;
  Model* model = begin(env, info, a, &sound);
  if (!sound) return refuse(env);
  int32_t* classes = array<int32_t>(env, a[2], napi_int32_array, &length, &sound);
  if (!sound || length != (size_t)model->config.window * model->batch.size * model->config.heads) return refuse(env);
  return number(env, model->infer(classes));
}

}  // namespace

NAPI_MODULE_INIT() {
  const std::pair<const char*, napi_callback> functions[] = {{"create", Create}, {"train", Train}, {"infer", Infer}};
  for (const auto& [name, function] : functions) {
    napi_value value;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
    napi_set_named_property(env, exports, name, value);
  }
  return exports;
}
