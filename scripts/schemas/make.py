"""Makes JSON Schemas of the formats that contexts are exported to, of what their projects publish.

    npm pack @elastic/ecs && tar xzf elastic-ecs-9.4.0.tgz                  # ./package
    git clone --branch v1.2.0 https://github.com/ocsf/ocsf-schema
    pip install opentelemetry-proto==1.45.2
    python3 scripts/schemas/make.py package ocsf-schema test/fixtures/schemas && npx biome check --write test/fixtures/schemas
"""

import json
import pathlib
import re
import sys

ecs_folder, ocsf_folder, out_folder = (pathlib.Path(p) for p in sys.argv[1:4])
OBJECT = {"type": "object", "additionalProperties": False}


def ecs_type(text):
    text = text.strip()
    literals = re.fullmatch(r"'[^']*'( \| '[^']*')*", text)
    if literals:
        return {"enum": re.findall(r"'([^']*)'", text)}
    parts = [p.strip() for p in text.split("|")]
    simple = {"string": {"type": "string"}, "number": {"type": "number"}, "boolean": {"type": "boolean"}}
    options = []
    for part in parts:
        array = re.fullmatch(r"Array<(.+)>", part)
        if part in simple:
            options.append(simple[part])
        elif array and array[1] in simple:
            options.append({"type": "array", "items": simple[array[1]]})
        else:
            return {}
    return options[0] if len(options) == 1 else {"anyOf": options}


def ecs_interfaces():
    """Each `EcsName` of the package's TypeScript as a schema."""
    found = {}
    for file in sorted((ecs_folder / "generated").glob("*.ts")):
        if file.name.endswith(".d.ts"):
            continue
        text = re.sub(r"/\*.*?\*/", "", file.read_text(), flags=re.S)
        stack = []
        for line in text.splitlines():
            line = line.strip()
            begin = re.match(r"export interface Ecs(\w+) \{", line)
            nested = re.match(r"'?([@\w.]+)'?(\??): (Array<)?\{$", line)
            field = re.match(r"'?([@\w.]+)'?(\??): (.+);$", line)
            if begin:
                schema = {**OBJECT, "properties": {}}
                found[begin[1]] = schema
                stack = [schema]
            elif nested and stack:
                schema = {**OBJECT, "properties": {}}
                own = {"type": "array", "items": schema} if nested[3] else schema
                stack[-1]["properties"][nested[1]] = own
                stack.append(schema)
            elif line.startswith("}") and stack:
                stack.pop()
            elif field and stack:
                stack[-1]["properties"][field[1]] = ecs_type(field[3])
                if field[2] == "":
                    stack[-1].setdefault("required", []).append(field[1])
    return found


def ecs_schema():
    interfaces = ecs_interfaces()
    snake = {re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower(): name for name in interfaces}
    properties = dict(interfaces["Base"]["properties"])
    used = ["ecs", "event", "user", "source", "user_agent", "url", "http", "orchestrator", "related", "error"]
    for name in used:
        properties[name] = interfaces[snake[name]]
    tracing = interfaces["Tracing"]["properties"] if "Tracing" in interfaces else {}
    properties.update({key: tracing[key] for key in ("trace", "span", "transaction") if key in tracing})
    return {**OBJECT, "$comment": "@elastic/ecs 9.4.0 (Apache-2.0)", "properties": properties, "required": ["@timestamp", "ecs"]}


class Ocsf:
    def __init__(self, folder):
        self.folder = folder
        read = lambda path: json.loads(path.read_text())
        dictionary = read(folder / "dictionary.json")
        self.attributes = dictionary["attributes"]
        self.types = dictionary["types"]["attributes"]
        self.objects = {}
        for file in (folder / "objects").glob("*.json"):
            one = read(file)
            self.objects[one["name"]] = one
        self.events = {}
        for file in (folder / "events").rglob("*.json"):
            one = read(file)
            if "name" in one:
                self.events[one["name"]] = one
        self.defs = {}

    def resolved(self, one, kind):
        merged = {}
        if one.get("extends"):
            merged = {k: dict(v) for k, v in self.resolved(kind[one["extends"]], kind).items()}
        attributes = one.get("attributes", {})
        includes = attributes.get("$include", [])
        for path in [includes] if isinstance(includes, str) else includes:
            part = json.loads((self.folder / path).read_text())
            for key, value in part.get("attributes", {}).items():
                if not key.startswith("$"):
                    # Attributes of a profile are optional unless the profile is told of.
                    merged.setdefault(key, {}).update({**value, "requirement": "optional"} if "profiles" in path else value)
        for key, value in attributes.items():
            if not key.startswith("$"):
                merged.setdefault(key, {}).update(value)
        return merged

    def type_of(self, name, attribute):
        base = {**self.attributes.get(name, {}), **attribute}
        kind = base.get("type", "string_t")
        if not kind.endswith("_t"):
            object_type = kind
            self.define(object_type)
            own = {"$ref": f"#/$defs/{object_type}"}
        else:
            root = self.types.get(kind, {}).get("type", kind)
            own = {
                "string_t": {"type": "string"}, "integer_t": {"type": "integer"}, "long_t": {"type": "integer"},
                "float_t": {"type": "number"}, "boolean_t": {"type": "boolean"}, "json_t": {},
            }.get(root, {"type": "string"})
            values = {**self.attributes.get(name, {}).get("enum", {}), **attribute.get("enum", {})}
            if values and own.get("type") == "integer":
                own = {"enum": sorted(int(v) for v in values)}
        return {"type": "array", "items": own} if base.get("is_array") else own

    def schema(self, attributes):
        return {
            **OBJECT,
            "properties": {name: self.type_of(name, value) for name, value in sorted(attributes.items())},
            "required": sorted(n for n, v in attributes.items() if v.get("requirement") == "required"),
        }

    def define(self, name):
        if name in self.defs:
            return
        # Deep objects that no export of ours uses are not looked into.
        if name not in USED or name not in self.objects:
            self.defs[name] = {"type": "object"}
            return
        self.defs[name] = {}
        self.defs[name] = self.schema(self.resolved(self.objects[name], self.objects))


USED = {
    "actor", "api", "group", "http_request", "http_response", "metadata", "network_endpoint", "product", "request", "resource_details",
    "response", "service", "span", "trace", "url", "user",
}


def ocsf_schema():
    ocsf = Ocsf(ocsf_folder)
    schema = ocsf.schema(ocsf.resolved(ocsf.events["api_activity"], ocsf.events))
    version = json.loads((ocsf_folder / "version.json").read_text())["version"]
    # The compiled schema numbers classes by their category.
    category = json.loads((ocsf_folder / "categories.json").read_text())["attributes"]["application"]["uid"]
    number = category * 1000 + ocsf.events["api_activity"]["uid"]
    activities = schema["properties"]["activity_id"]["enum"]
    schema["properties"]["category_uid"] = {"const": category}
    schema["properties"]["class_uid"] = {"const": number}
    schema["properties"]["type_uid"] = {"enum": [number * 100 + activity for activity in activities]}
    return {"$comment": f"ocsf-schema {version}, class api_activity (Apache-2.0)", **schema, "$defs": ocsf.defs}


def otlp_schema():
    from opentelemetry.proto.trace.v1 import trace_pb2

    defs = {}

    def field_schema(field):
        if field.type == field.TYPE_MESSAGE:
            define(field.message_type)
            own = {"$ref": f"#/$defs/{field.message_type.name}"}
        elif field.type == field.TYPE_ENUM:
            own = {"enum": [v.number for v in field.enum_type.values]}
        elif field.type == field.TYPE_BYTES:
            size = {"trace_id": 32, "span_id": 16, "parent_span_id": 16}.get(field.name)
            own = {"type": "string", "pattern": f"^[0-9a-f]{{{size}}}$"} if size else {"type": "string"}
        elif field.cpp_type in (field.CPPTYPE_INT64, field.CPPTYPE_UINT64):
            own = {"type": "string", "pattern": "^-?[0-9]+$"}
        elif field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_UINT32):
            own = {"type": "integer"}
        elif field.cpp_type in (field.CPPTYPE_DOUBLE, field.CPPTYPE_FLOAT):
            own = {"type": "number"}
        elif field.cpp_type == field.CPPTYPE_BOOL:
            own = {"type": "boolean"}
        else:
            own = {"type": "string"}
        return {"type": "array", "items": own} if field.is_repeated else own

    def define(message):
        if message.name in defs:
            return
        defs[message.name] = {}
        defs[message.name] = {**OBJECT, "properties": {f.json_name: field_schema(f) for f in message.fields}}

    define(trace_pb2.TracesData.DESCRIPTOR)
    return {"$comment": "opentelemetry-proto 1.45.2, TracesData as OTLP JSON (Apache-2.0)", "$ref": "#/$defs/TracesData", "$defs": defs}


out_folder.mkdir(parents=True, exist_ok=True)
for name, make in (("ecs", ecs_schema), ("ocsf-api-activity", ocsf_schema), ("otlp-traces", otlp_schema)):
    (out_folder / f"{name}.json").write_text(json.dumps(make(), indent=1, sort_keys=True) + "\n")
