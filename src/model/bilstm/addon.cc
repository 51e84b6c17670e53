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
  napi_throw_type_error(env, nullptr, "model: expected a shape and arrays of its sizes.");
  return nullptr;
}

void destroy(napi_env env, void* data, void*) {
  Model* model = static_cast<Model*>(data);
  napi_delete_reference(env, model->owner);
  delete model;
}

// What an object of JavaScript holds, by name; `sound` becomes false for what is missing or of another kind.
class Fields {
 public:
  Fields(napi_env env, napi_value object, bool* sound) : env_(env), object_(object), sound_(sound) {
    napi_valuetype kind;
    *sound_ = *sound_ && napi_typeof(env, object, &kind) == napi_ok && kind == napi_object;
  }

  napi_value value(const char* name) const {
    napi_value found = nullptr;
    *sound_ = *sound_ && napi_get_named_property(env_, object_, name, &found) == napi_ok;
    return found;
  }

  double number(const char* name) const {
    double found = 0;
    const napi_value given = value(name);
    *sound_ = *sound_ && napi_get_value_double(env_, given, &found) == napi_ok;
    return found;
  }

  bool flag(const char* name) const {
    bool found = false;
    const napi_value given = value(name);
    *sound_ = *sound_ && napi_get_value_bool(env_, given, &found) == napi_ok;
    return found;
  }

  template <typename T>
  T* array(const char* name, napi_typedarray_type type) const {
    size_t length;
    const napi_value given = value(name);
    return *sound_ ? ::array<T>(env_, given, type, &length, sound_) : nullptr;
  }

 private:
  napi_env env_;
  napi_value object_;
  bool* sound_;
};

// create({ window, features, heads, classes, units1, units2, threads, slots, dropout, alpha, gamma, matrix, targets, weights | null, arrays of
// both halves })
napi_value Create(napi_env env, napi_callback_info info) {
  napi_value object;
  size_t given = 1;
  bool sound = true;
  napi_get_cb_info(env, info, &given, &object, nullptr, nullptr);
  const Fields of(env, object, &sound);
  const auto size = [&](const char* name) { return (int)of.number(name); };
  auto model = std::make_unique<Model>();
  Config& c = model->config;
  c.window = size("window"), c.features = size("features"), c.heads = size("heads"), c.classes = size("classes");
  c.units1 = size("units1"), c.units2 = size("units2"), c.dropout = of.number("dropout");
  const int threads = size("threads"), slots = size("slots"), each = WEIGHTS + TRAINABLE * slots;
  for (int length : {c.window, c.features, c.heads, c.classes, c.units1, c.units2}) sound = sound && length > 0;
  model->alpha = of.number("alpha"), model->gamma = of.number("gamma");
  model->batch.matrix = of.array<float>("matrix", napi_float32_array);
  model->batch.targets = of.array<int32_t>("targets", napi_int32_array);
  model->batch.weights = of.array<float>("weights", napi_float32_array);
  const napi_value list = of.value("arrays");
  uint32_t found = 0;
  sound = sound && model->batch.matrix && model->batch.targets;
  sound = sound && slots >= 0 && slots <= 2 && napi_get_array_length(env, list, &found) == napi_ok && (int)found == SHARDS * each;
  if (!sound) return refuse(env);
  std::vector<float*> arrays(found);
  for (uint32_t i = 0; i < found; i++) {
    const int half = i / each, own = i % each;
    napi_value value;
    size_t length;
    napi_get_element(env, list, i, &value);
    arrays[i] = array<float>(env, value, napi_float32_array, &length, &sound);
    sound = sound && length == sizeOf(own < WEIGHTS ? own : (own - WEIGHTS) % TRAINABLE, c, half);
  }
  if (!sound) return refuse(env);
  for (int half = 0; half < SHARDS; half++) model->shards.emplace_back(c, half, &arrays[half * each], slots);
  model->team = std::make_unique<Team>(threads);
  napi_create_reference(env, object, 1, &model->owner);
  napi_value external;
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

napi_value result(napi_env env, double loss) {
  napi_value value;
  napi_create_double(env, loss, &value);
  return value;
}

// train(model, starts, { lines of a window, seed, step, adam, rate, beta1, beta2, epsilon, momentum }) -> the batch's mean loss
napi_value Train(napi_env env, napi_callback_info info) {
  napi_value a[3];
  bool sound;
  Model* model = begin(env, info, a, &sound);
  if (!sound) return refuse(env);
  const Fields of(env, a[2], &sound);
  const auto number = [&](const char* name) { return (float)of.number(name); };
  const Update update{of.flag("adam"), number("rate"), number("beta1"), number("beta2"), number("epsilon"), number("momentum")};
  const int lines = of.number("lines");
  const uint32_t seed = of.number("seed"), step = of.number("step");
  if (!sound || lines < 1) return refuse(env);
  model->batch.window = lines, model->update = update;
  return result(env, model->train(seed, step));
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
  return result(env, model->infer(classes));
}

}  // namespace

NAPI_MODULE_INIT() {
  const std::pair<const char*, napi_callback> functions[] = {{"create", Create}, {"train", Train}, {"infer", Infer}};
  for (const auto& [name, function] : functions) {
    napi_value value;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, function, nullptr, &value);
    napi_set_named_property(env, exports, name, value);
  }
  napi_value names, name;
  napi_create_array_with_length(env, WEIGHTS, &names);
  for (int i = 0; i < WEIGHTS; i++) {
    napi_create_string_utf8(env, WEIGHT_NAMES[i], NAPI_AUTO_LENGTH, &name);
    napi_set_element(env, names, i, name);
  }
  napi_set_named_property(env, exports, "weights", names);
  return exports;
}
