"""What is arranged with a customer: promises, payment plans, early-payment discounts, disputes."""
