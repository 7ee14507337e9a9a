// C++ as users have it: iostream, exceptions through several frames with destructors in between, virtual calls, containers,
// thread-local storage, and an unhandled exception on request.
// usage: shapes [--throw] [WORDS]
#include <algorithm>
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

thread_local int live = 0;

struct Shape {
    Shape() { ++live; }
    virtual ~Shape() { --live; }
    virtual double area() const = 0;
    virtual std::string name() const = 0;
};

struct Rectangle final : Shape {
    double a, b;
    Rectangle(double a_, double b_) : a(a_), b(b_) {
        if (a < 0 || b < 0) throw std::domain_error("a side is negative");
    }
    double area() const override { return a * b; }
    std::string name() const override { return "rectangle"; }
};

struct Circle final : Shape {
    double r;
    explicit Circle(double r_) : r(r_) {}
    double area() const override { return 3.14159265358979 * r * r; }
    std::string name() const override { return "circle"; }
};

std::unique_ptr<Shape> make(const std::string &text) {
    std::istringstream in(text);
    std::string kind;
    double a = 0, b = 0;
    in >> kind >> a;
    if (kind == "circle") return std::make_unique<Circle>(a);
    if (kind == "rectangle" && in >> b) return std::make_unique<Rectangle>(a, b);
    throw std::invalid_argument("no such shape: " + text);
}

}  // namespace

int main(int argc, char **argv) {
    std::map<std::string, double> areas;
    for (const char *text : {"circle 1", "rectangle 2 3", "triangle 1 2", "rectangle -1 4", "circle 0.5"}) {
        try {
            auto first = make("circle 2");
            auto shape = make(text);
            areas[shape->name()] += shape->area() + first->area();
        } catch (const std::invalid_argument &error) {
            std::cout << "invalid: " << error.what() << '\n';
        } catch (const std::exception &error) {
            std::cout << "error: " << error.what() << '\n';
        }
    }
    for (const auto &[name, area] : areas) std::cout << std::setw(12) << name << std::fixed << std::setprecision(6) << ' ' << area << '\n';
    std::vector<std::string> words(argv + 1, argv + argc);
    std::sort(words.begin(), words.end());
    for (const auto &word : words) std::cout << word << '\n';
    std::cout << live << " shapes alive" << std::endl;
    std::cerr << "done" << std::endl;
    if (!words.empty() && words.front() == "--throw") throw std::runtime_error("nobody catches this");
    return 7;
}
