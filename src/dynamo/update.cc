// The grammar of update expressions:
//   update = section { section }, each kind at most once
//   SET path = value, …   REMOVE path, …   ADD path :value, …   DELETE path :value, …
//   value  = operand [ (+|-) operand ], itself in at most one pair of parentheses
#include <algorithm>
#include <array>
#include <set>

#include "dynamo/parser.h"
#include "dynamo/path.h"
#include "dynamo/update_program.h"
#include "dynamo/value_type.h"

namespace spillway {
namespace {

using Kind = UpdateAction::Kind;

bool belongs_to_conditions(std::string_view function) {
  constexpr std::array<std::string_view, 6> functions = {"attribute_exists", "attribute_not_exists",
                                                         "attribute_type",   "begins_with",
                                                         "contains",         "size"};
  return std::find(functions.begin(), functions.end(), function) != functions.end();
}

// DynamoDB calls the types by other names here than everywhere else.
std::string_view long_type_name(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> long_names = {
      {{"S", "STRING"},
       {"N", "NUMBER"},
       {"B", "BINARY"},
       {"BOOL", "BOOLEAN"},
       {"NULL", "NULL"},
       {"L", "LIST"},
       {"M", "MAP"}}};
  for (const auto& [name, long_name] : long_names) {
    if (name == type) return long_name;
  }
  return type;
}

class UpdateParser {
 public:
  UpdateParser(Parser& parser, UpdateProgram& program) : parser_(parser), program_(program) {}

  Result<void> whole() {
    do {
      SPILLWAY_TRY(section());
    } while (parser_.peek().kind == Token::Kind::keyword);
    return parser_.finish();
  }

 private:
  Result<void> section() {
    constexpr std::array<std::pair<std::string_view, Kind>, 4> sections = {
        {{"SET", Kind::set},
         {"REMOVE", Kind::remove},
         {"ADD", Kind::add},
         {"DELETE", Kind::remove_elements}}};
    for (const auto& [keyword, kind] : sections) {
      if (!parser_.accept_keyword(keyword)) continue;
      if (!seen_.insert(keyword).second) {
        parser_.complain(Complaint::section,
                         "The \"" + std::string(keyword) +
                             "\" section can only be used once in an update expression;");
      }
      do {
        SPILLWAY_TRY(action(kind));
      } while (parser_.accept(","));
      return ok();
    }
    return parser_.syntax_error();
  }

  Result<void> action(Kind kind) {
    UpdateAction action;
    action.kind = kind;
    SPILLWAY_TRY(action.path, parser_.path());
    check_collisions(action.path);
    if (kind == Kind::set) {
      SPILLWAY_TRY(parser_.expect("="));
      SPILLWAY_TRY(SetValue value, set_value());
      action.operand = std::move(value.operand);
      check_function(action.operand, true);
      collect_paths(action.operand, program_.reads);
    } else if (kind != Kind::remove) {
      SPILLWAY_TRY(action.operand.value, parser_.value());
      check_elements(kind, action.operand.value);
    }
    if (kind == Kind::set || kind == Kind::add) program_.only_removes = false;
    program_.writes.push_back(action.path);
    program_.actions.push_back(std::move(action));
    return ok();
  }

  struct SetValue {
    Operand operand;
    bool arithmetic = false;
    bool parenthesised = false;
  };

  Result<SetValue> set_value() {
    SPILLWAY_TRY(SetValue left, set_piece());
    for (const std::string_view sign : {"+", "-"}) {
      if (left.arithmetic || !parser_.accept(sign)) continue;
      SPILLWAY_TRY(parser_.count_operator());
      SetValue sum;
      sum.arithmetic = true;
      sum.operand.kind = Operand::Kind::function;
      sum.operand.function = sign;
      sum.operand.arguments.push_back(std::move(left.operand));
      SPILLWAY_TRY(Operand right, parser_.operand());
      sum.operand.arguments.push_back(std::move(right));
      return sum;
    }
    return left;
  }

  Result<SetValue> set_piece() {
    SetValue piece;
    if (!parser_.accept("(")) {
      SPILLWAY_TRY(piece.operand, parser_.operand());
      return piece;
    }
    SPILLWAY_TRY(parser_.enter());
    SPILLWAY_TRY(piece, set_value());
    parser_.leave();
    SPILLWAY_TRY(parser_.expect(")"));
    if (piece.parenthesised) parser_.complain_parentheses();
    piece.parenthesised = true;
    return piece;
  }

  // list_append may only be the whole value of a SET: `outermost`.
  void check_function(const Operand& operand, bool outermost) {
    if (operand.kind != Operand::Kind::function) return;
    const std::string& name = operand.function;
    for (const Operand& argument : operand.arguments) check_function(argument, false);
    if (name == "list_append" && !outermost) {
      parser_.complain(
          Complaint::misused_function,
          "The function is not allowed to be used this way in an expression; function: " + name);
    }
    if (name == "if_not_exists") {
      check_if_not_exists(operand);
    } else if (name == "list_append") {
      if (check_count(operand)) check_literals(operand, "L");
    } else if (name == "+" || name == "-") {
      check_literals(operand, "N");
    } else if (belongs_to_conditions(name)) {
      parser_.complain(Complaint::unknown_function,
                       "The function is not allowed in an update expression; function: " + name);
    } else {
      parser_.complain(Complaint::unknown_function, "Invalid function name; function: " + name);
    }
  }

  bool check_count(const Operand& operand) {
    if (operand.arguments.size() == 2) return true;
    parser_.complain(Complaint::operand_count,
                     "Incorrect number of operands for operator or function; operator or "
                     "function: " +
                         operand.function +
                         ", number of operands: " + std::to_string(operand.arguments.size()));
    return false;
  }

  void check_if_not_exists(const Operand& operand) {
    if (!check_count(operand)) return;
    parser_.check_distinct(operand.function, operand.arguments[0], {operand.arguments[1]});
    if (operand.arguments[0].kind == Operand::Kind::path) return;
    parser_.complain(
        Complaint::type,
        "Operator or function requires a document path; operator or function: " + operand.function);
  }

  void check_literals(const Operand& operand, std::string_view wanted) {
    for (const Operand& argument : operand.arguments) {
      const std::string_view type = static_type(argument);
      if (!type.empty() && type != wanted) parser_.complain_type(operand.function, type);
    }
  }

  void check_elements(Kind kind, const AttributeValue& value) {
    const std::string_view type = type_name(value);
    if (type == "SS" || type == "NS" || type == "BS") return;
    if (kind == Kind::add && type == "N") return;
    const std::string name = kind == Kind::add ? "ADD" : "DELETE";
    parser_.complain(Complaint::type,
                     "Incorrect operand type for operator or function; operator: " + name +
                         ", operand type: " + std::string(long_type_name(type)) +
                         ", typeSet: ALLOWED_FOR_" + name + "_OPERAND");
  }

  void check_collisions(const Path& path) {
    for (const Path& earlier : program_.writes) {
      const std::string complaint = collision(earlier, path);
      if (!complaint.empty()) parser_.complain(Complaint::overlap, complaint);
    }
  }

  Parser& parser_;
  UpdateProgram& program_;
  std::set<std::string_view> seen_;
};

}  // namespace

Result<Update> Update::parse(std::string_view text, const Names& names, const Values& values) {
  Parser parser("UpdateExpression", text, names, values);
  SPILLWAY_TRY(parser.check_size());
  if (text.empty()) return parser.invalid("The expression can not be empty;");
  auto program = std::make_shared<Program>();
  SPILLWAY_TRY(UpdateParser(parser, *program).whole());
  Update update;
  update.program_ = std::move(program);
  return update;
}

const std::vector<Path>& Update::reads() const { return program_->reads; }
const std::vector<Path>& Update::writes() const { return program_->writes; }
bool Update::only_removes() const { return program_->only_removes; }

}  // namespace spillway
