// The grammar of conditions, by recursive descent:
//   or    = and { OR and }
//   and   = not { AND not }
//   not   = { NOT } term
//   term  = piece [ comparator piece | BETWEEN piece AND piece | IN "(" operand, … ")" ]
//   piece = "(" or ")" | operand
// A piece in parentheses may be an operand or a whole condition; which of them shows only later.
#include "dynamo/condition_tree.h"

#include <array>

#include "dynamo/condition_checks.h"

namespace spillway {
namespace {

using Kind = ConditionNode::Kind;

struct Piece {
  bool is_condition = false;
  bool parenthesised = false;
  ConditionNode condition;
  Operand operand;
};

class ConditionParser {
 public:
  explicit ConditionParser(Parser& parser) : parser_(parser) {}

  Result<ConditionNode> whole() {
    SPILLWAY_TRY(Piece piece, disjunction());
    return as_condition(std::move(piece));
  }

 private:
  Result<Piece> disjunction() { return chain("OR", Kind::disjunction); }

  // OR binds more loosely than AND, AND than NOT.
  Result<Piece> chain(std::string_view keyword, Kind kind) {
    const bool outer = kind == Kind::disjunction;
    SPILLWAY_TRY(Piece first, outer ? chain("AND", Kind::conjunction) : negation());
    if (!at_keyword(keyword)) return first;
    Piece all;
    all.is_condition = true;
    all.condition.kind = kind;
    all.condition.name = keyword;
    SPILLWAY_TRY(ConditionNode node, as_condition(std::move(first)));
    all.condition.children.push_back(std::move(node));
    while (parser_.accept_keyword(keyword)) {
      SPILLWAY_TRY(parser_.count_operator());
      SPILLWAY_TRY(Piece next, outer ? chain("AND", Kind::conjunction) : negation());
      SPILLWAY_TRY(ConditionNode child, as_condition(std::move(next)));
      all.condition.children.push_back(std::move(child));
    }
    return all;
  }

  Result<Piece> negation() {
    std::size_t negations = 0;
    for (; parser_.accept_keyword("NOT"); ++negations) {
      SPILLWAY_TRY(parser_.count_operator());
    }
    SPILLWAY_TRY(Piece inner, term());
    if (negations == 0) return inner;
    SPILLWAY_TRY(ConditionNode node, as_condition(std::move(inner)));
    Piece piece;
    piece.is_condition = true;
    piece.condition = std::move(node);
    for (; negations > 0; --negations) {
      ConditionNode negated;
      negated.kind = Kind::negation;
      negated.name = "NOT";
      negated.children.push_back(std::move(piece.condition));
      piece.condition = std::move(negated);
    }
    return piece;
  }

  Result<Piece> term() {
    SPILLWAY_TRY(Piece left, piece());
    if (left.is_condition) return left;
    ConditionNode node;
    for (const std::string_view symbol : {"=", "<>", "<=", "<", ">=", ">"}) {
      if (!parser_.accept(symbol)) continue;
      node.kind = Kind::comparison;
      node.name = symbol;
      node.operands.push_back(std::move(left.operand));
      SPILLWAY_TRY(add_operand(node));
      return finished(std::move(node));
    }
    if (parser_.accept_keyword("BETWEEN")) {
      node.kind = Kind::between;
      node.name = "BETWEEN";
      node.operands.push_back(std::move(left.operand));
      SPILLWAY_TRY(add_operand(node));
      if (!parser_.accept_keyword("AND")) return parser_.syntax_error();
      SPILLWAY_TRY(add_operand(node));
      return finished(std::move(node));
    }
    if (!parser_.accept_keyword("IN")) return left;
    node.kind = Kind::in;
    node.name = "IN";
    node.operands.push_back(std::move(left.operand));
    SPILLWAY_TRY(parser_.expect("("));
    do {
      SPILLWAY_TRY(add_operand(node));
    } while (parser_.accept(","));
    SPILLWAY_TRY(parser_.expect(")"));
    return finished(std::move(node));
  }

  Result<Piece> finished(ConditionNode node) {
    SPILLWAY_TRY(parser_.count_operator());
    const std::size_t others = node.operands.size() - 1;
    if (node.kind == Kind::in && others > in_operands_max) {
      return parser_.invalid(
          "The IN operator is provided with too many operands; number of operands: " +
          std::to_string(others));
    }
    check_condition_node(parser_, node);
    Piece piece;
    piece.is_condition = true;
    piece.condition = std::move(node);
    return piece;
  }

  Result<void> add_operand(ConditionNode& node) {
    SPILLWAY_TRY(Operand operand, parser_.operand());
    node.operands.push_back(std::move(operand));
    return ok();
  }

  Result<Piece> piece() {
    Piece result;
    if (!parser_.accept("(")) {
      SPILLWAY_TRY(result.operand, parser_.operand());
      return result;
    }
    SPILLWAY_TRY(parser_.enter());
    SPILLWAY_TRY(result, disjunction());
    parser_.leave();
    SPILLWAY_TRY(parser_.expect(")"));
    if (result.parenthesised) parser_.complain_parentheses();
    result.parenthesised = true;
    return result;
  }

  // An operand where a condition must stand: only a call of a function may.
  Result<ConditionNode> as_condition(Piece piece) {
    if (piece.is_condition) return std::move(piece.condition);
    if (piece.operand.kind != Operand::Kind::function) return parser_.syntax_error();
    ConditionNode node;
    node.kind = Kind::function;
    node.name = std::move(piece.operand.function);
    node.operands = std::move(piece.operand.arguments);
    check_condition_node(parser_, node);
    return node;
  }

  bool at_keyword(std::string_view keyword) const {
    return parser_.peek().kind == Token::Kind::keyword && same_word(parser_.peek().text, keyword);
  }

  Parser& parser_;
};

}  // namespace

Result<ConditionNode> parse_condition(std::string_view kind, std::string_view text,
                                      const Names& names, const Values& values) {
  Parser parser(kind, text, names, values);
  SPILLWAY_TRY(parser.check_size());
  if (text.empty()) return parser.invalid("The expression can not be empty;");
  SPILLWAY_TRY(ConditionNode node, ConditionParser(parser).whole());
  SPILLWAY_TRY(parser.finish());
  return node;
}

}  // namespace spillway
